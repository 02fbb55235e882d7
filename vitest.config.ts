import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "studio/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    // onnxruntime's native addon wants a process of its own; two cores
    pool: "forks",
    poolOptions: { forks: { maxForks: 2, minForks: 1, execArgv: ["--import", "tsx"] } },
  },
});
