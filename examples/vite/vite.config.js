export default {
  base: "./",
  // onnxruntime finds its .wasm file beside its own module
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  build: { target: "es2022" },
};
