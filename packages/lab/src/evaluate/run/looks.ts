/** Pictures as the downloaded judges see them, in pieces, kept as partial results. @module */

import { ConfigError, UserError } from "@scenograph/graph/errors";
import { COCO } from "scenograph/scene/categories";
import type { Picture } from "scenograph/scene/scene";
import type { Features } from "../distribution/features.ts";
import type { Detection } from "../judges/boxes.ts";
import { judge } from "../judges/judge.node.ts";
import { createSsdJudge, SSD_FEATURES } from "../judges/ssdJudge.node.ts";
import type { StageContext } from "./context.ts";
import { type Bench, pieces } from "./pool.ts";
import type { Store } from "./store.ts";

/** A judge that is there. */
export interface JudgeFacts {
  /** "coco-ssd", "inception-mixed5", or the path of an ONNX file. */
  readonly name: string;
  readonly label: string;
  readonly hash: string;
}

/** What all judges see of a set of pictures. */
export interface Looks {
  /** Features by judge name. */
  readonly features: Readonly<Record<string, Features>>;
  /** [N, 80], where COCO-SSD is there. */
  readonly posterior?: Features;
  readonly detections?: readonly (readonly Detection[])[];
}

const SSD = "coco-ssd";
const PIECE = 16;

/** The judges that are installed; one note for each that is not. A user's own ONNX file must be there. */
export async function judgesThere(context: StageContext): Promise<JudgeFacts[]> {
  const facts: JudgeFacts[] = [];
  const names = [SSD, "inception-mixed5", ...(context.judge === undefined ? [] : [context.judge])];
  await context.pool.map([0], async (bench) => {
    for (const name of names)
      try {
        const { label, hash } = name === SSD ? await ssdOf(bench, context) : await featuresOf(bench, context, name);
        facts.push({ name, label, hash });
      } catch (error) {
        if (!(error instanceof ConfigError) || name === context.judge) throw error;
        context.note(`image: ${error.message}; the metrics that need it are left out`);
      }
  });
  return facts;
}

/** Everything that the judges say of `pictures`; kept under `key`. */
export async function lookAt(
  context: StageContext,
  store: Store,
  judges: readonly JudgeFacts[],
  key: string,
  pictures: readonly Picture[],
  tick: (n: number) => void,
): Promise<Looks> {
  const all = pieces(pictures, PIECE);
  const parts = await context.pool.map(all, async (bench, piece, p) => {
    const at = (what: string) => `${key}/${what}-${String(p).padStart(4, "0")}`;
    const floats: Record<string, Float32Array> = {};
    let detections: Detection[][] | undefined;
    for (const [k, { name }] of judges.entries()) {
      if (name === SSD) {
        // three files of one look: each makes what is missing
        let looks: Awaited<ReturnType<Awaited<ReturnType<typeof ssdOf>>["look"]>> | undefined;
        const look = async () => {
          looks ??= await (await ssdOf(bench, context)).look(piece);
          return looks;
        };
        floats[name] = await store.floats(at("ssd-features"), async () =>
          joined((await look()).map((l) => l.features)),
        );
        floats.posterior = await store.floats(at("ssd-posterior"), async () =>
          joined((await look()).map((l) => l.posterior)),
        );
        detections = await store.json(at("ssd-detections"), async () => (await look()).map((l) => [...l.detections]));
      } else
        floats[name] = await store.floats(at(`judge-${k}`), async () => {
          const { data } = await (await featuresOf(bench, context, name)).features(piece);
          return Float32Array.from(data);
        });
    }
    tick(piece.length);
    return { floats, detections };
  });
  const features = (name: string, width?: number): Features => {
    const data = joined(parts.map((p) => p.floats[name]));
    return { count: pictures.length, width: width ?? data.length / pictures.length, data };
  };
  return {
    features: Object.fromEntries(
      judges.map(({ name }) => [name, features(name, name === SSD ? SSD_FEATURES : undefined)]),
    ),
    ...(judges.some((j) => j.name === SSD) && {
      posterior: features("posterior", COCO.count),
      detections: parts.flatMap((p) => p.detections!),
    }),
  };
}

function ssdOf(bench: Bench, { cache }: StageContext) {
  return bench.tool("judge coco-ssd", (runtime) => createSsdJudge({ runtime, cache }));
}

function featuresOf(bench: Bench, { cache }: StageContext, name: string) {
  return bench.tool(`judge ${name}`, (runtime) => judge(name, { runtime, cache, batch: 4 }));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** 1 - cosine of rows i of two sets: 0 for the same direction. @throws UserError for sets of different networks */
export function cosineDistances(a: Features, b: Features): number[] {
  if (a.width !== b.width || a.count !== b.count)
    throw new UserError(
      `cosineDistances(): sets of one size from one network, got ${a.count} x ${a.width} and ${b.count} x ${b.width}`,
    );
  return Array.from({ length: a.count }, (_, i) => {
    let [dot, aa, bb] = [0, 0, 0];
    for (let k = i * a.width; k < (i + 1) * a.width; k++) {
      dot += a.data[k] * b.data[k];
      aa += a.data[k] ** 2;
      bb += b.data[k] ** 2;
    }
    return 1 - dot / Math.max(Math.sqrt(aa * bb), 1e-12);
  });
}
