// The first module of a worker that runs from source: a worker does not inherit tsx's loader in Node 20.
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
