/** The probes of `probes.ts`, each with several seeds: layouts for most, pictures for colours. @module */
import { createHash } from "node:crypto";
import { UserError } from "@scenograph/graph/errors";
import { maskToBitmap } from "scenograph/formats/rle";
import { type Generated, generate } from "scenograph/pipeline";
import { COCO, classIndex } from "scenograph/scene/categories";
import { extentOf } from "scenograph/scene/geometry";
import type { Scene } from "scenograph/scene/scene";
import { bootstrap } from "../bootstrap.ts";
import { makeProbes, needsPicture, PROBE_KINDS, type Probe, type ProbeKind, type Rgb, type Seen } from "../probes.ts";
import { DEFINITIONS, hashOfModel, type Protocol } from "../protocol.ts";
import { known, type MetricInfo, type Row, type Table } from "../results.ts";
import { type StageContext, type StageResult, seedOf } from "./context.ts";
import { type Bench, pieces } from "./pool.ts";

const MEANINGS: Record<ProbeKind, string> = {
  "left-right": '"a dog to the left of a chair" and "... right ...": both are there, on the right sides',
  "word-order": '"a dog to the left of a chair" and "a chair to the left of a dog"',
  count: '"one" to "five sheep": exactly as many',
  presence: '"a picture of a bear": there is one',
  on: "feet inside the other's height, centre higher, over it",
  under: "centre lower, below it",
  above: "feet higher than the other's centre",
  "next-to": "further apart across than down, near",
  colour: '"a red bus": the mean colour inside its mask is nearest to red, of seven colours',
};

export const PROBE_METRIC_INFO: readonly MetricInfo[] = PROBE_KINDS.map((name) => ({
  name,
  better: "higher",
  meaning: MEANINGS[name],
}));

/** Layouts a sentence. */
const SEEDS = 8;
/** Sentences computed together. */
const PIECE = 8;

export async function evaluateProbesStage(context: StageContext): Promise<StageResult> {
  const { info, seed, categories } = context;
  if (!categories.equals(COCO))
    throw new UserError(
      `evaluate probes: the sentences are about COCO's 80 categories, the model has ${categories.count} of its own; judge the other stages`,
    );
  const probes = makeProbes();
  const protocol: Protocol = {
    definitions: DEFINITIONS,
    stage: "probes",
    model: { name: info.name, sha256: hashOfModel(info, ["text", "boxes", "masks", "image"]) },
    data: {
      split: "probes",
      part: "all",
      ids: createHash("sha256")
        .update(probes.map((p) => `${p.kind}: ${p.caption}\n`).join(""))
        .digest("hex"),
      pictures: probes.length * SEEDS,
    },
    samples: { sentences: probes.length, layoutsASentence: SEEDS },
    seed,
    settings: {
      labelTemperature: info.config.boxes.labelTemperature,
      boxTemperature: info.config.boxes.boxTemperature,
      endBias: info.config.boxes.ours.endBias,
      intervals: "95 %, percentile bootstrap over groups of sentences, 1000 draws",
    },
  };
  const store = context.store(protocol);
  const work = context.begin("probes", probes.length);
  const parts = await context.pool.map(pieces(probes, PIECE), async (bench, piece, i) => {
    const result = await store.json(`probes-${String(i).padStart(3, "0")}`, () => see(bench, piece, seed));
    work.tick(piece.length);
    return result;
  });
  work.end();
  return { protocol, metrics: PROBE_METRIC_INFO, ...tablesOf(probes, parts.flat(), seed), samples: [] };
}

/** What is seen of each sentence, one list of objects a seed. */
async function see(bench: Bench, piece: readonly Probe[], seed: number): Promise<Seen[][][]> {
  const { stages, info } = await bench.model();
  const seen: Seen[][][] = piece.map(() => []);
  for (const pictures of [false, true]) {
    const asked = [...piece.keys()].filter((i) => needsPicture(piece[i]) === pictures);
    if (asked.length === 0) continue;
    for (let k = 0; k < SEEDS; k++) {
      const scenes = asked.map((i): Scene => {
        const { group, caption } = piece[i];
        // sentences of a group share their noise
        return {
          version: 2,
          caption,
          ...extentOf(info.size),
          seed: seedOf(seed, "probes", group, k),
          objects: [],
        };
      });
      const made = await generate(stages, scenes, { to: pictures ? "image" : "boxes" });
      made.forEach((one, j) => seen[asked[j]].push(seenIn(one)));
    }
  }
  return seen;
}

function seenIn({ scene, picture }: Generated): Seen[] {
  return scene.objects.map(({ label, box, mask }) => ({
    label: classIndex(label),
    box,
    ...(picture && mask && { colour: meanColour(picture, maskToBitmap(mask), mask.width, mask.height) }),
  }));
}

/** Mean over the picture's pixels whose centre lies in the mask; undefined for an empty one. */
export function meanColour(
  picture: { readonly width: number; readonly height: number; readonly data: ArrayLike<number> },
  bitmap: ArrayLike<number>,
  width: number,
  height: number,
): Rgb | undefined {
  const sum = [0, 0, 0];
  let n = 0;
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const row = Math.floor(((y + 0.5) * height) / picture.height);
      if (!bitmap[row * width + Math.floor(((x + 0.5) * width) / picture.width)]) continue;
      n++;
      for (let c = 0; c < 3; c++) sum[c] += picture.data[(y * picture.width + x) * 3 + c];
    }
  return n > 0 ? [sum[0] / n, sum[1] / n, sum[2] / n] : undefined;
}

/** Exported for its test: rows and the table of groups from what was seen, by probe and seed. */
export function tablesOf(
  probes: readonly Probe[],
  seen: readonly (readonly (readonly Seen[])[])[],
  seed: number,
): { rows: Row[]; tables: Table[] } {
  const groups = new Map<string, number[]>();
  probes.forEach(({ kind, group }, i) => {
    const name = `${kind} ${group}`;
    groups.set(name, [...(groups.get(name) ?? []), i]);
  });
  const score = (probe: Probe, of: readonly (readonly Seen[])[]) =>
    of.reduce((total, objects) => total + probe.judge(objects), 0) / of.length;
  const own = probes.map((probe, i) => score(probe, seen[i]));
  // relations of one pair of things share their layouts, whatever kind each is
  const peers = (i: number) => [...probes.keys()].filter((j) => probes[j].group === probes[i].group);
  const deaf = probes.map((probe, i) => {
    const others = peers(i);
    return others.reduce((total, j) => total + score(probe, seen[j]), 0) / others.length;
  });
  const metrics = (scores: readonly number[]) =>
    known(
      Object.fromEntries(
        PROBE_KINDS.map((kind) => {
          const items = probes.flatMap((p, i) =>
            // presence is one group: its sentences are drawn instead
            p.kind === kind ? [{ group: kind === "presence" ? i : p.group, numerator: scores[i], denominator: 1 }] : [],
          );
          return [kind, bootstrap(items, { seed })];
        }),
      ),
    );
  return {
    rows: [
      { name: "model", kind: "model", about: "at the model's own temperatures", metrics: metrics(own) },
      {
        name: "chance",
        kind: "floor",
        about:
          "each sentence judged on the layouts of all sentences of its group: a model that does not hear the difference",
        metrics: metrics(deaf),
      },
    ],
    tables: [
      {
        title: "Probes by group",
        columns: ["kind and group", "sentences", "score", "chance"],
        rows: [...groups].map(([name, list]) => {
          const mean = (scores: readonly number[]) => list.reduce((s, i) => s + scores[i], 0) / list.length;
          return [name, list.length, mean(own), mean(deaf)];
        }),
      },
    ],
  };
}
