/**
 * Import this before onnxruntime-node: since 1.29 it keeps an identifier of the machine and sends use statistics unless this
 * variable says no when it starts. It reads the environment of the process, which a worker thread cannot change, so the
 * thread that starts the worker imports this too. ORT_DISABLE_TELEMETRY=0 turns it on again.
 * @module
 */
process.env.ORT_DISABLE_TELEMETRY ??= "1";
