import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "studio/**/*.test.ts", "test/**/*.test.ts"],
    // only against hanging: a busy machine takes ten times as long as an idle one
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // onnxruntime's native addon wants a process of its own; two cores
    pool: "forks",
    poolOptions: { forks: { maxForks: 2, minForks: 1, execArgv: ["--import", "tsx"] } },
  },
});
