/** Training of the priors of pose, look and colour on the codes that trained encoders read off a COCO folder (src/ours/priors). @module */

import { ConfigError, UserError } from "@scenograph/graph/errors";
import { loadWith } from "@scenograph/graph/nn/weights";
import { type Random, stream } from "@scenograph/graph/random";
import { createWorkerRuntime } from "@scenograph/graph/runtime/remote.node";
import type { Feeds, Runtime } from "@scenograph/graph/runtime/runtime";
import { centresOf, nearestCentre } from "scenograph/ours/codes/kmeans";
import { SLOTS } from "scenograph/ours/image/slots";
import { looksConfig } from "scenograph/ours/looks/config";
import { posesConfig } from "scenograph/ours/poses/config";
import { priorFeeds } from "scenograph/ours/priors/data";
import type { CodeCounts } from "scenograph/ours/priors/model";
import { priorLossProgram, priorStep } from "scenograph/ours/priors/step";
import { mentionsOf } from "scenograph/ours/text/mentions";
import { encodeCaption } from "scenograph/paper/text/data";
import { Vocabulary } from "scenograph/paper/text/vocabulary";
import type { Sentence } from "scenograph/pipeline";
import { COCO } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import { Order } from "../../data/batches.ts";
import { loadCoco, type Sample } from "../../data/coco.ts";
import { silhouettesOf } from "../codes/silhouettes.ts";
import { readWeightFile } from "../export.ts";
import { averagedWeights, type Task, valuesOf, type Weights } from "../task.ts";
import type { TaskContext } from "./index.ts";
import { readLooks, readObjects } from "./looks.ts";
import { poseCodes, unmirroredBox } from "./poses.ts";

/** An object of a picture with its codes, where they are known. */
interface Coded {
  readonly classIndex: number;
  readonly box: Box;
  readonly pose?: number;
  readonly look?: number;
  readonly colour?: number;
}

interface CodedPicture {
  readonly captions: readonly string[];
  readonly objects: readonly Coded[];
}

const LEAST_PIXELS = 12;
const VALIDATION_BATCHES = 24;

export async function createPriorsTask(context: TaskContext): Promise<Task> {
  const config = context.config.ours.priors;
  const { categories = COCO } = context;
  if (config.width === 0) throw new ConfigError("train priors: ours.priors.width is positive, got 0; set it, e.g. 48");
  if (!context.text)
    throw new UserError("train priors: word vectors are needed; pass --text FILE, weights of a text encoder");
  const { poses: poseFile, looks: lookFile } = config.train;
  if (poseFile === "")
    throw new ConfigError('train priors: ours.priors.train.poses is the weights file of trained poses, got ""; set it');
  const poses = await readWeightFile(poseFile);
  const poseSettings = posesConfig.parse(JSON.parse(poses.metadata?.config ?? "{}").ours?.poses);
  // without look codes only the poses are foretold
  const looks = lookFile === "" ? undefined : await readWeightFile(lookFile);
  const lookSettings = looksConfig.parse(looks ? JSON.parse(looks.metadata?.config ?? "{}").ours?.looks : {});
  const counts: CodeCounts = {
    poses: poseSettings.codes,
    looks: looks ? lookSettings.codes : 0,
    lookWidth: lookSettings.width,
  };

  const runtime = createWorkerRuntime(context.runtime);
  const read = async (part: "training" | "validation", centres?: Float32Array) => {
    const { samples } = await loadCoco(context.data, context.split, {
      part,
      need: ["objects", "captions"],
      crop: context.config.image.size,
      amodal: true,
      log: context.log,
      categories,
    });
    const silhouettes = silhouettesOf(samples, poseSettings.side, LEAST_PIXELS, categories);
    const codes = poseCodes(poseSettings, silhouettes, poses.tensors);
    const seen = looks ? await readObjects(context, part, lookSettings.side) : [];
    const lookCodes = looks ? await readLooks(lookSettings, seen, looks.tensors, runtime) : [];
    const colours = seen.map((o) => o.colour);
    const palette = centres ?? (looks ? centresOf(colours, config.palette, context.seed) : new Float32Array());
    const known = new Map<string, Partial<Coded> & { box: Box; mirrored: boolean; classIndex: number }>();
    const key = (s: Sample, object: number) => `${s.imageId}/${s.objects[object].id}`;
    silhouettes.forEach((o, i) => {
      const { classIndex, box, mirrored } = o;
      known.set(key(samples[o.sample], o.object), { classIndex, box, mirrored, pose: codes[i] });
    });
    // the same pictures in the same order, but for those without captions
    seen.forEach((o, i) => {
      const one = known.get(`${o.imageId}/${o.objectId}`);
      if (one) Object.assign(one, { look: lookCodes[i], colour: nearestCentre(o.colour, palette) });
    });
    return { pictures: samples.map((s) => codedPicture(s, (k) => known.get(key(s, k)))), palette };
  };
  const training = await read("training");
  const validation = await read("validation", training.palette);
  await runtime.close();
  context.log(`${training.pictures.length} pictures to train on, ${validation.pictures.length} to validate`);

  const vocabulary = Vocabulary.fromTensors((await readWeightFile(context.text)).tensors);
  const said = (caption: string) => ({
    vectors: encodeCaption(vocabulary, caption).vectors,
    mentions: mentionsOf(caption, categories),
  });
  // what stays as it was found: the codes' vectors, and the palette
  const fixed: Weights = new Map(
    [poses.tensors, looks?.tensors].flatMap((tensors) =>
      [...(tensors ?? [])].filter(([name]) => name === "poses.codebook" || name === "looks.codebook"),
    ),
  );
  if (looks) {
    const data = training.palette.map((v) => v / 127.5 - 1);
    fixed.set("priors.palette", { dtype: "F32", shape: [config.palette, 3], data });
  }
  const { batch, steps, wordDropout } = config.train;
  const program = priorStep(config, counts, SLOTS);
  const order = new Order(training.pictures.length, context.seed);
  const own = {
    stage: "priors",
    program,
    batchSize: batch,
    sampleCount: training.pictures.length,
    totalSteps: steps,
    losses: program.outputs.map((o) => o.name),
    initial: { ...valuesOf(fixed), ...beginnings(config, counts, training.pictures) },
  };
  return {
    ...own,
    async batch(step) {
      const random = stream(context.seed, "priors", step);
      const pictures = order.at(step, batch).map((i) => training.pictures[i]);
      return feedsOf(pictures, batch, counts, said, random, wordDropout);
    },
    validate: (weights, on) =>
      validatePriors(config, counts, training.pictures, validation.pictures, said, new Map([...weights, ...fixed]), on),
    exportWeights: (state) => new Map([...averagedWeights(program, state), ...fixed]),
    metadata: {
      stage: "priors",
      config: JSON.stringify({
        ours: { priors: config, poses: poseSettings, ...(looks && { looks: lookSettings }) },
      }),
    },
  };
}

/** Logs of how often each category has each code and colour, one more of all together counted: where training begins. */
function beginnings(
  { classes, palette }: TaskContext["config"]["ours"]["priors"],
  counts: CodeCounts,
  pictures: readonly CodedPicture[],
): Record<string, Float32Array> {
  const table = (k: number, codeOf: (o: Coded) => number | undefined) => {
    const logs = new Float32Array(classes * k).fill(1 / k);
    for (const o of pictures.flatMap(({ objects }) => objects)) {
      const code = codeOf(o);
      if (code !== undefined) logs[o.classIndex * k + code]++;
    }
    return logs.map(Math.log);
  };
  const poses = { "priors.pose.often.weight": table(counts.poses, (o) => o.pose) };
  if (counts.looks === 0) return poses;
  return {
    ...poses,
    "priors.look.often.weight": table(counts.looks, (o) => o.look),
    "priors.colour.often.weight": table(palette, (o) => o.colour),
  };
}

type Said = (caption: string) => Pick<Sentence, "vectors" | "mentions">;

/** All objects of a picture, as they lie in the mirror where most of its objects are mirrored. */
function codedPicture(
  sample: Sample,
  codes: (object: number) => (Partial<Coded> & { box: Box; mirrored: boolean }) | undefined,
): CodedPicture {
  const known = sample.objects.map((_, k) => codes(k));
  const facing = known.filter((o) => o !== undefined);
  const mirrored = facing.filter((o) => o.mirrored).length * 2 > facing.length;
  const objects = sample.objects.map(({ classIndex, box }, k): Coded => {
    const { pose, look, colour, box: tight = box } = known[k] ?? {};
    return { classIndex, box: unmirroredBox(tight, mirrored), pose, look, colour };
  });
  return { captions: sample.captions, objects };
}

function feedsOf(
  pictures: readonly CodedPicture[],
  n: number,
  counts: CodeCounts,
  said: Said,
  random: Random,
  wordDropout: number,
  captionsOf: (i: number) => readonly string[] = (i) => pictures[i].captions,
): Feeds {
  const described = pictures.map(({ objects }, i) => ({ objects, sentence: said(random.pick(captionsOf(i))) }));
  const poses = new BigInt64Array(n * SLOTS).fill(BigInt(counts.poses));
  const [looks, colours] = [new BigInt64Array(n * SLOTS), new BigInt64Array(n * SLOTS)];
  const [posed, seen] = [new Float32Array(n * SLOTS), new Float32Array(n * SLOTS)];
  pictures.forEach(({ objects }, i) => {
    objects.slice(0, SLOTS).forEach(({ pose, look, colour }, k) => {
      const at = i * SLOTS + k;
      if (pose !== undefined) {
        poses[at] = BigInt(pose);
        posed[at] = 1;
      }
      if (look === undefined || colour === undefined) return;
      looks[at] = BigInt(look);
      colours[at] = BigInt(colour);
      seen[at] = 1;
    });
  });
  const keeps = () => random.uniform() >= wordDropout;
  const feeds = { ...priorFeeds(described, n, SLOTS, keeps), poses, posed };
  return counts.looks > 0 ? { ...feeds, looks, colours, seen } : feeds;
}

/** Mean -log p of the codes; of the same under another picture's sentence; and of how often a class has a code (floors). */
async function validatePriors(
  config: TaskContext["config"]["ours"]["priors"],
  counts: CodeCounts,
  training: readonly CodedPicture[],
  validation: readonly CodedPicture[],
  said: Said,
  weights: Weights,
  runtime: Runtime,
): Promise<{ metrics: Record<string, number>; score: number }> {
  const n = 8;
  const run = await loadWith(runtime, priorLossProgram(config, counts, n, SLOTS), weights);
  const sums: Record<string, number> = {};
  const batches = Math.min(VALIDATION_BATCHES, Math.floor(validation.length / n));
  for (let b = 0; b < batches; b++) {
    const pictures = validation.slice(b * n, (b + 1) * n);
    const other = (i: number) => validation[(b * n + i + n) % validation.length].captions;
    for (const [suffix, captions] of [
      ["", undefined],
      ["-other-sentence", other],
    ] as const) {
      const out = await run.run(feedsOf(pictures, n, counts, said, stream(0, "priors", b), 0, captions));
      for (const name of Object.keys(out))
        sums[name + suffix] = (sums[name + suffix] ?? 0) + Number(out[name][0]) / batches;
    }
  }
  await run.release();
  const shown = validation.slice(0, batches * n);
  for (const [name, k] of [
    ["pose", counts.poses],
    ["look", counts.looks],
    ["colour", config.palette],
  ] as const)
    if (name in sums) sums[`${name}-floor`] = classFloor(training, shown, (o) => o[name], k);
  return { metrics: sums, score: sums.pose + (sums.look ?? 0) + (sums.colour ?? 0) };
}

/** Mean -log of the share of a class's training objects with the code, one more of all codes together counted. */
function classFloor(
  training: readonly CodedPicture[],
  validation: readonly CodedPicture[],
  codeOf: (o: Coded) => number | undefined,
  k: number,
): number {
  const totals = new Map<number, number>();
  const found = new Map<string, number>();
  for (const { objects } of training)
    for (const o of objects) {
      const code = codeOf(o);
      if (code === undefined) continue;
      totals.set(o.classIndex, (totals.get(o.classIndex) ?? 0) + 1);
      const key = `${o.classIndex}/${code}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  let [sum, count] = [0, 0];
  for (const { objects } of validation)
    for (const o of objects) {
      const code = codeOf(o);
      if (code === undefined) continue;
      const share = ((found.get(`${o.classIndex}/${code}`) ?? 0) + 1 / k) / ((totals.get(o.classIndex) ?? 0) + 1);
      sum -= Math.log(share);
      count++;
    }
  return sum / Math.max(1, count);
}
