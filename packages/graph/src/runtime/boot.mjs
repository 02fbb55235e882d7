// The first module of a worker that runs from source: a worker does not inherit tsx's loader in Node 20.
// Where many are started, as in tests, what they run may have been bundled before (test/setup/threads.ts).
const entry = process.argv[2];
const bundled = JSON.parse(process.env.SCENOGRAPH_BUNDLED_THREADS ?? "{}")[entry];
if (!bundled) await import("./source.mjs");

await import(bundled ?? entry);
