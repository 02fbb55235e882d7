/** Parsers of files that lie in folders: COCO, configurations, models, checkpoints, runs, studies. @module */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { BusyError, CheckpointError, ConfigError, FormatError, UserError } from "@scenograph/graph/errors";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { checkCoco } from "@scenograph/lab/data/check";
import { loadCoco, objectMask } from "@scenograph/lab/data/coco";
import { centreSample } from "@scenograph/lab/data/coco-crop";
import { parseStudy } from "@scenograph/lab/study/study";
import { checkpointPath, loadLatest } from "@scenograph/lab/train/checkpoint";
import { loadConfig } from "@scenograph/lab/train/config";
import { acquireLock } from "@scenograph/lab/train/lock";
import { parseMetrics } from "@scenograph/lab/train/metrics";
import { readRunInfo } from "@scenograph/lab/train/run";
import fc from "fast-check";
import { parseModelInfo } from "scenograph/model/info";
import { scratch } from "../folder.ts";
import type { Target } from "../judge.ts";
import { bytesOf, damaged, hostileJson, hostileJsonBytes } from "../mutations.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function folder(name: string): string {
  const path = scratch(name);
  mkdirSync(path, { recursive: true });
  return path;
}

const INSTANCES = {
  images: [
    { id: 1, width: 8, height: 6, file_name: "a.png", coco_image_id: 9, partial_boxes: false },
    { id: 2, width: 6, height: 6, file_name: "../b.png" },
  ],
  annotations: [
    {
      id: 1,
      image_id: 1,
      category_id: 18,
      bbox: [1, 1, 4, 4],
      area: 16,
      iscrowd: 0,
      segmentation: [[1, 1, 5, 1, 5, 5, 1, 5]],
    },
    {
      id: 2,
      image_id: 1,
      category_id: 6,
      bbox: [0, 0, 8, 6],
      segmentation: { size: [6, 8], counts: [0, 48] },
      iscrowd: 0,
    },
    {
      id: 3,
      image_id: 2,
      category_id: 1,
      bbox: [0, 0, 2, 2],
      segmentation: { size: [6, 6], counts: "0T1" },
      iscrowd: 1,
    },
  ],
  categories: [
    { id: 18, name: "dog" },
    { id: 6, name: "bus" },
    { id: 1, name: "person" },
  ],
};
const cocoFolder = () => join(folder("coco"), "annotations");
const coco: Target = {
  name: "COCO folder",
  valid: [bytesOf(JSON.stringify(INSTANCES))],
  hostile: hostileJsonBytes(INSTANCES),
  known: {
    "pictures of 2^53 pixels a side": () =>
      bytesOf(
        JSON.stringify({
          ...INSTANCES,
          images: INSTANCES.images.map((i) => ({ ...i, width: 2 ** 53 - 1, height: 2 ** 53 - 1 })),
        }),
      ),
    "a category with a name of a megabyte": () =>
      bytesOf(JSON.stringify({ ...INSTANCES, categories: [{ id: 18, name: "d".repeat(1e6) }] })),
    "10,000 outlines of millions of pixels": () =>
      bytesOf(
        JSON.stringify({
          ...INSTANCES,
          annotations: [{ ...INSTANCES.annotations[0], segmentation: new Array(1e4).fill([0, 0, 1e6, 1e6, 0, 1e6]) }],
        }),
      ),
    "a text of ten million characters without end": () => bytesOf(`{"images":["${"x".repeat(1e7)}`),
  },
  errors: [FormatError, UserError],
  ms: 300,
  stride: 9,
  async parse(bytes) {
    const annotations = cocoFolder();
    mkdirSync(annotations, { recursive: true });
    writeFileSync(join(annotations, "instances_train.json"), bytes);
    const dir = join(annotations, "..");
    await checkCoco(dir, "train", { pictures: false });
    const { samples } = await loadCoco(dir, "train", { crowd: true });
    for (const sample of samples)
      for (const s of [sample, centreSample(sample, [3, 2])])
        for (const object of s.objects) objectMask(s, object, 16, 16);
    return samples;
  },
  check(value) {
    for (const { objects } of value as Awaited<ReturnType<typeof loadCoco>>["samples"])
      for (const { box } of objects) if (!box.every((v) => v >= 0 && v <= 1)) throw new Error(`a box of [${box}]`);
  },
};

const CONFIG = {
  name: "t",
  seed: 1,
  trainer: { keep: 2 },
  boxes: { hidden: 16, train: { batch: 8, learningRate: 0.1 } },
  masks: { encoder: [6, 8] },
};
const YAML = "name: t\nseed: 1\nboxes:\n  hidden: &h 16 # units\n  train: { batch: 8 }\nmasks:\n  encoder: [6, *h]\n";
const config: Target = {
  name: "configuration",
  valid: [bytesOf(YAML)],
  hostile: fc.oneof(
    hostileJson(CONFIG).map(bytesOf),
    damaged([bytesOf(YAML)]),
    fc
      .array(
        fc.constantFrom(
          "&a ",
          "*a",
          "<<: ",
          "!!binary ",
          "!!set ",
          "? ",
          "- ",
          "| ",
          "> ",
          "[",
          "{",
          "}",
          "]",
          ": ",
          "\n",
          "  ",
          "a",
          "seed",
          "extends: x.yaml",
          "---\n",
          "...",
          "%YAML 1.2\n",
          "\t",
          "'",
          '"',
          "#",
          "0x7f",
          "1e999",
          ".nan",
          "~",
        ),
        { maxLength: 30 },
      )
      .map((parts) => bytesOf(parts.join(""))),
  ),
  known: {
    "itself as its base": () => bytesOf("extends: fuzz.yaml"),
    "a folder as its base": () => bytesOf("extends: ."),
    "aliases that multiply": () =>
      bytesOf(
        `a: &a [x,x]\n${[..."bcdefghij"].map((c, i) => `${c}: &${c} [${new Array(9).fill(`*${"abcdefghij"[i]}`)}]`).join("\n")}`,
      ),
    "a circle": () => bytesOf("masks:\n  encoder: &a [*a]"),
    "20,000 aliases": () => bytesOf(`seed: &a 1\nname: [${new Array(2e4).fill("*a")}]`),
  },
  errors: [ConfigError],
  ms: 300,
  async parse(bytes) {
    const path = join(folder("config"), "fuzz.yaml");
    writeFileSync(path, bytes);
    return loadConfig(path);
  },
};

const sha = "0".repeat(64);
const MODEL = {
  format: 1,
  name: "tiny",
  description: "",
  size: 32,
  files: { text: "../other/text.safetensors", boxes: "b.safetensors", masks: "m.safetensors", image: "i.safetensors" },
  sha256: { text: sha, boxes: sha, masks: sha, image: sha },
  config: { text: { hidden: 8 }, boxes: { hidden: 16 }, masks: { encoder: [6, 8] }, image: { size: 32 } },
};
const model: Target = {
  name: "model.json",
  valid: [bytesOf(JSON.stringify(MODEL))],
  hostile: hostileJsonBytes(MODEL),
  known: Object.fromEntries(
    ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "..", "a/../../b", "https://x/y", "a\0b"].map((path) => [
      `a file at ${JSON.stringify(path)}`,
      () => bytesOf(JSON.stringify({ ...MODEL, files: { ...MODEL.files, text: path } })),
    ]),
  ),
  errors: [FormatError],
  parse: (bytes) => parseModelInfo(text(bytes), "x/model.json"),
  check(value) {
    for (const path of Object.values((value as typeof MODEL).files))
      if (path.startsWith("/") || path.split("/").filter((part) => part === "..").length > 1)
        throw new Error(`a file at ${path}`);
  },
};

const tensors = writeSafetensors([["w", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]], { stage: "toy" });
function metaOf(step: number, file: Uint8Array = tensors) {
  return {
    format: "scenograph-checkpoint",
    version: 1,
    stage: "toy",
    step,
    seed: 1,
    seconds: 1,
    configHash: "h",
    best: null as unknown,
    bytes: file.length,
    sha256: createHash("sha256").update(file).digest("hex"),
  };
}
const META = { ...metaOf(9), best: { step: 5, score: 0.5 } };

/** A folder of two checkpoints, of which the newer may be damaged: one of them must always be found. */
async function latestOf(json: Uint8Array, file: Uint8Array): Promise<unknown> {
  const path = folder("checkpoints");
  const old = checkpointPath(path, 5);
  writeFileSync(old, JSON.stringify(metaOf(5)));
  writeFileSync(old.replace(".json", ".safetensors"), tensors);
  const newer = checkpointPath(path, 9);
  writeFileSync(newer, json);
  writeFileSync(newer.replace(".json", ".safetensors"), file);
  return loadLatest(path, () => {});
}

const checkpointMeta: Target = {
  name: "checkpoint (JSON)",
  valid: [bytesOf(JSON.stringify(META))],
  hostile: hostileJsonBytes(META),
  errors: [],
  stride: 3,
  ms: 300,
  parse: (bytes) => latestOf(bytes, tensors),
};
const checkpointTensors: Target = {
  name: "checkpoint (tensors)",
  valid: [tensors],
  hostile: damaged([tensors]),
  errors: [],
  stride: 2,
  ms: 300,
  // once damaged by chance, once on purpose with the right hash
  async parse(bytes) {
    await latestOf(bytesOf(JSON.stringify(META)), bytes);
    return latestOf(bytesOf(JSON.stringify(metaOf(9, bytes))), bytes);
  },
};

const RUN = {
  stage: "toy",
  seed: 1,
  inputs: { data: "/x" },
  starts: [{ time: "t", command: ["a"], versions: { node: "20" }, platform: "p", git: null }],
};
const run: Target = {
  name: "run.json",
  valid: [bytesOf(JSON.stringify(RUN))],
  hostile: hostileJsonBytes(RUN),
  errors: [CheckpointError],
  stride: 3,
  async parse(bytes) {
    const path = folder("run");
    writeFileSync(join(path, "run.json"), bytes);
    return readRunInfo(path);
  },
};

const METRICS = { step: 5, seconds: 1.5, loss: 0.25 };
const metrics: Target = {
  name: "metrics.jsonl",
  valid: [bytesOf(`${JSON.stringify(METRICS)}\n${JSON.stringify({ ...METRICS, step: 10 })}\n`)],
  hostile: fc.array(hostileJson(METRICS), { maxLength: 3 }).map((lines) => bytesOf(lines.join("\n"))),
  errors: [],
  parse: (bytes) => parseMetrics(text(bytes)),
};

// beyond the largest number of a process: its owner is gone
const LOCK = { pid: 2 ** 22 + 1, host: hostname(), start: "1" };
const lock: Target = {
  name: "lock.json",
  valid: [bytesOf(JSON.stringify(LOCK))],
  hostile: hostileJsonBytes(LOCK),
  known: { "a host nested without end": () => bytesOf(`{"pid":4194305,"host":${"[".repeat(1e5)}${"]".repeat(1e5)}}`) },
  errors: [BusyError],
  stride: 3,
  async parse(bytes) {
    const path = join(folder("lock"), "lock.json");
    writeFileSync(path, bytes);
    try {
      await (await acquireLock(path))();
    } finally {
      rmSync(path, { force: true });
    }
  },
};

const id = "0123456789abcdef";
const STUDY = {
  version: 1,
  id,
  title: "t",
  consent: "c",
  seed: 1,
  size: 64,
  conditions: ["a", "b"],
  sentences: ["a dog"],
  pictures: [
    { id, condition: 0, sentence: 0 },
    { id: id.replace("0", "1"), condition: null, sentence: null },
  ],
  plans: [[{ id: "q1", kind: "pair", sentence: 0, pictures: [id, id.replace("0", "1")], role: "noise", trap: 1 }]],
};
const study: Target = {
  name: "study.json",
  valid: [bytesOf(JSON.stringify(STUDY))],
  hostile: hostileJsonBytes(STUDY),
  errors: [FormatError],
  parse: (bytes) => parseStudy(text(bytes)),
};

export const FOLDERS: readonly Target[] = [
  coco,
  config,
  model,
  checkpointMeta,
  checkpointTensors,
  run,
  metrics,
  lock,
  study,
];
