/** What BullMQ keeps of a job, in our words. @module */
import type { Job } from "bullmq";
import { DeadlineError, JobLostError, type JobProgress, type JobState } from "scenograph/queue/queue";
import { describe } from "./memory.ts";

export interface Data {
  readonly input: unknown;
  readonly deadlineAt?: number;
}

export type Bull = Job<Data, unknown>;

/** How often its worker was lost, in either way. */
export function losses(job: Bull): number {
  return job.attemptsMade + job.stalledCounter;
}

function attemptsOf(job: Bull, status: JobState["status"]): number {
  // BullMQ counts the attempt that ends a job
  return Math.min(2, losses(job) + (status === "running" ? 1 : 0));
}

export function stateOf(job: Bull, kind: string, bull: string): JobState {
  const { deadlineAt } = job.data;
  const status =
    bull === "completed" ? "done" : bull === "failed" ? "failed" : bull === "active" ? "running" : "waiting";
  const state: JobState = {
    id: job.id!,
    kind,
    status,
    attempts: attemptsOf(job, status),
    createdAt: job.timestamp,
    ...(typeof job.progress === "object" && { progress: job.progress as JobProgress }),
    ...(job.processedOn !== undefined && { startedAt: job.processedOn }),
    ...(deadlineAt !== undefined && { deadlineAt }),
  };
  if (state.status === "done") return { ...state, result: job.returnvalue, finishedAt: job.finishedOn };
  if (state.status === "failed") return { ...state, error: reasonOf(job), finishedAt: job.finishedOn };
  if (deadlineAt !== undefined && deadlineAt < Date.now())
    return {
      ...state,
      status: "failed",
      error: describe(new DeadlineError(`job ${state.id}: not done by its deadline`)),
      finishedAt: deadlineAt,
    };
  return state;
}

/** The end of a job that is no longer in Redis. */
export function lost(state: JobState): JobState {
  const why = new JobLostError(`job ${state.id}: it vanished from the queue's Redis; send it again`);
  return { ...state, status: "failed", error: describe(why), finishedAt: Date.now() };
}

/** What our worker put into the reason; other reasons are BullMQ's own: a job that was lost twice. */
function reasonOf(job: Bull): { name: string; message: string } {
  const reason = job.failedReason ?? "";
  try {
    const { name, message } = JSON.parse(reason) as { name: string; message: string };
    return { name, message };
  } catch {
    return { name: "WorkerLostError", message: `job ${job.id}: lost with its worker twice (${reason})` };
  }
}
