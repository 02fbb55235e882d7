// "#onnxruntime-web" of package.json: onnxruntime-web's build for Node in Node, the one with wasm alone elsewhere
declare module "#onnxruntime-web" {
  export * from "onnxruntime-web";
}
