// The first module of a worker that runs from source: a worker does not inherit tsx's loader in Node 20.
import "./source.mjs";

await import(process.argv[2]);
