/**
 * How onnxruntime-node is asked to run a program. Every session has a thread pool of its own. Left alone, its threads
 * spin for a while after each run, in the hope of another: they take the cores from the other sessions, from JavaScript
 * and from other processes. Measured in docs/performance.md.
 * @module
 */
import "./silence.node.ts";
import * as ort from "onnxruntime-node";
import type { Program } from "../program.ts";
import type { Device } from "./runtime.ts";

/** Multiply-adds a run below which waking a second thread costs more than it saves (docs/performance.md). */
export const SMALL_PROGRAM = 20e6;

/** Threads that a program is given out of those allowed. */
export function threadsFor({ work }: Pick<Program, "work">, threads: number): number {
  return work < SMALL_PROGRAM ? 1 : threads;
}

export type SessionOptions = ort.InferenceSession.SessionOptions;

/** A session for `program`; `more` overrides. */
export function createSession(
  program: Program,
  { device, threads }: { readonly device: Device; readonly threads: number },
  more: SessionOptions = {},
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(program.bytes, {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threadsFor(program, threads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    ...more,
  });
}
