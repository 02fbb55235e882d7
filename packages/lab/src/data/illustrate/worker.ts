/** Worker thread: draws one shard of pictures after another and writes them to disk. @module */
import { parentPort, workerData } from "node:worker_threads";
import { drawShard, type ShardJob, type WorkerSetup } from "./shards.ts";

const setup = workerData as WorkerSetup;
const port = parentPort;
port?.on("message", (job: ShardJob) => {
  drawShard(job, setup, (done) => port.postMessage({ done })).then(
    () => port.postMessage({ finished: job.shard }),
    (error: Error) => port.postMessage({ failed: error.message }),
  );
});
