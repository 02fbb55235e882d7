import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const conditions = ["source", ...defaultServerConditions];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["source", "node"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/setup/threads.ts"],
    // only against hanging: a busy machine takes ten times as long as an idle one
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // onnxruntime's native addon wants processes, not threads; two cores. Files share them, and what they have imported:
    // a process of its own, with tsx and every module again, costs a file more than most of its tests
    pool: "forks",
    poolOptions: {
      forks: { maxForks: 2, minForks: 1, isolate: false, execArgv: ["--conditions=source", "--import", "tsx"] },
    },
  },
});
