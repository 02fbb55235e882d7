/**
 * How onnxruntime-node is asked to run a program. Every session has a thread pool of its own. Left alone, its threads
 * spin for a while after each run, in the hope of another: they take the cores from the other sessions, from JavaScript
 * and from other processes. So they sleep while nothing runs; within a run they spin where that was asked for. Measured in
 * docs/performance.md.
 * @module
 */
import "./silence.node.ts";
import * as ort from "onnxruntime-node";
import type { Program } from "../program.ts";
import type { RuntimeOptions } from "./runtime.ts";

/** Multiply-adds a run below which a second thread saves nothing, or less than it costs on a busy machine (docs/performance.md). */
export const SMALL_PROGRAM = 1e9;

/** Threads that a program is given out of those allowed. */
export function threadsFor({ work }: Pick<Program, "work">, threads: number): number {
  return work < SMALL_PROGRAM ? 1 : threads;
}

export type SessionOptions = ort.InferenceSession.SessionOptions;

/** A session for `program`; `more` overrides. */
export function createSession(
  program: Program,
  { device, threads, spin }: RuntimeOptions & Required<Omit<RuntimeOptions, "spin">>,
  more: SessionOptions = {},
): Promise<ort.InferenceSession> {
  const spinning = spin ? "1" : "0";
  return ort.InferenceSession.create(program.bytes, {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threadsFor(program, threads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: {
      session: {
        intra_op: { allow_spinning: spinning },
        inter_op: { allow_spinning: "0" },
        force_spinning_stop: spinning,
      },
    },
    ...more,
  });
}
