/** Build of the studio: `npx vite build packages/studio` writes its dist/, which `scenograph studio` serves. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const ORT = dirname(require.resolve("onnxruntime-web"));
/** The wasm build, and the one with WebGPU: fetched where there is a graphics card alone, so not kept from the start. */
const [WASM_BUILD, GPU_BUILD] = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"];
const ORT_FILES = [WASM_BUILD, GPU_BUILD].flatMap((name) => [`${name}.mjs`, `${name}.wasm`]);

/** onnxruntime's own files, unbundled: its threads load them again by their address. */
function onnxruntime(): Plugin {
  return {
    name: "onnxruntime-files",
    generateBundle() {
      for (const file of ORT_FILES)
        this.emitFile({ type: "asset", fileName: `ort/${file}`, source: readFileSync(join(ORT, file)) });
    },
  };
}

/** The source files that the explanations link to, as text, so that the links hold wherever the studio is served. */
const SOURCES = [
  "packages/scenograph/src/pipeline.ts",
  "packages/scenograph/src/understand/understand.ts",
  "packages/scenograph/src/paper/text/model.ts",
  "packages/scenograph/src/paper/boxes/model.ts",
  "packages/graph/src/nn/mixture.ts",
  "packages/scenograph/src/paper/masks/model.ts",
  "packages/scenograph/src/ours/poses/infer.ts",
  "packages/scenograph/src/paper/image/model.ts",
  "packages/scenograph/src/paper/image/gate.ts",
];

function sources(): Plugin {
  return {
    name: "sources",
    generateBundle() {
      for (const file of SOURCES)
        this.emitFile({
          type: "asset",
          fileName: `source/${file}.txt`,
          source: readFileSync(join(here, "../..", file)),
        });
    },
  };
}

/** The doubling network's description and weights, under a name that changes with them: browsers keep the file. */
function enlargeNetwork(): Plugin {
  return {
    name: "enlarge-network",
    generateBundle() {
      const folder = join(here, "../../node_modules/@upscalerjs/esrgan-slim/models/x2");
      const model = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as {
        weightsManifest: { paths: string[] }[];
      };
      for (const group of model.weightsManifest)
        group.paths = group.paths.map((path) => {
          const source = readFileSync(join(folder, path));
          const name = `x2-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.bin`;
          this.emitFile({ type: "asset", fileName: `enlarge/${name}`, source });
          return name;
        });
      this.emitFile({ type: "asset", fileName: "enlarge/model.json", source: JSON.stringify(model) });
      this.emitFile({
        type: "asset",
        fileName: "enlarge/LICENSE.txt",
        source: readFileSync(join(folder, "../../LICENSE")),
      });
    },
  };
}

/** sw.js with the list of files that make the studio work offline. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    enforce: "post",
    generateBundle(_, bundle) {
      const source = readFileSync(join(here, "service-worker.js"), "utf8");
      const files = [
        "./",
        "icon.svg",
        "manifest.webmanifest",
        // the doubling network is fetched when it is asked for
        ...Object.keys(bundle).filter((f) => !/\.map$|^index\.html$|^enlarge\//.test(f) && !f.includes(GPU_BUILD)),
      ];
      const version = files
        .join()
        .split("")
        .reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7);
      const filled = source
        .replace('"__FILES__"', JSON.stringify(files))
        .replace("__VERSION__", `${version.toString(36)}-${Date.now().toString(36)}`);
      this.emitFile({ type: "asset", fileName: "sw.js", source: filled });
    },
  };
}

/** Files this small are not worth a second file. */
const WORTH_BYTES = 2048;
/** Tests need no small files, and pressing the engine takes most of a build, unpacking it some of every first visit. */
const QUICK = process.env.SCENOGRAPH_QUICK_BUILD === "1";
/** What is not pressed. */
const LEFT = QUICK ? /\.(png|woff2|bin|wasm)$/ : /\.(png|woff2|bin)$/;

/** Beside each file that shrinks by it "<file>.br" and "<file>.gz", which the server sends in its place. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle)) {
        const file = join(dir as string, name);
        const source = await readFile(file);
        if (source.length < WORTH_BYTES || LEFT.test(name)) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: QUICK ? 3 : 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
        await writeFile(`${file}.br`, await promisify(brotliCompress)(source, { params }));
        await writeFile(`${file}.gz`, await promisify(gzip)(source, { level: QUICK ? 3 : 9 }));
      }
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  plugins: [react(), onnxruntime(), sources(), enlargeNetwork(), serviceWorker(), compressed()],
  resolve: {
    conditions: ["source", ...defaultClientConditions],
    // the builds without their binaries, which are loaded from ort/
    alias: [
      { find: /^#?onnxruntime-web$/, replacement: join(ORT, "ort.wasm.min.mjs") },
      { find: /^onnxruntime-web\/webgpu$/, replacement: join(ORT, "ort.webgpu.min.mjs") },
    ],
  },
  worker: { format: "es" },
  build: {
    rollupOptions: { input: [join(here, "index.html"), join(here, "training.html"), join(here, "dataset.html")] },
    outDir: join(here, "dist"),
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
});
