/** Judges trained on the reference pictures: what an object's crop shows, and where a scene is. @module */

import { UserError } from "@scenograph/graph/errors";
import { BACKGROUND_KINDS, backgroundOf, sceneBackground } from "scenograph/ours/text/background";
import { nameOf } from "scenograph/scene/ops";
import { bootstrap, type Interval } from "../bootstrap.ts";
import { classifierOf, trainWeights } from "../classifier.ts";
import { CROP, CROP_BUDGET, cropOf, isJudged, PLACE_BUDGET, placeOf, placeSide } from "../judges/places.ts";
import { budgetOf, type StageContext } from "./context.ts";
import { coverage, type PictureCase, type PictureRow, type PictureSet, requested } from "./pictures.ts";
import type { Bench } from "./pool.ts";
import type { Store } from "./store.ts";

/** At most this many crops are learnt from. */
const CROPS = 24_000;
/** Fewer pictures or crops than this are nothing to learn from. */
const LEAST = 40;

export interface CropResult {
  readonly metric: Interval;
  /** What each class got: [class, objects, found]. */
  readonly classes: readonly (readonly [label: number, n: number, found: number])[];
}

export interface LearntJudges {
  /** Share of requested objects whose crop shows their category. Undefined where there is too little to learn from. */
  crops(row: PictureRow): Promise<CropResult | undefined>;
  places(row: PictureRow): Promise<PlaceResult | undefined>;
}

export interface PlaceResult {
  /** Share of pictures whose sentence names a place that have the background of that place. */
  readonly named: Interval;
  /** Share of pictures with the kind of background that the true picture was drawn with; only where the data note it. */
  readonly drawn?: Interval;
}

/**
 * Both judges, each trained when it is first asked for something that is not kept in `store`; what they learnt is kept in `reference`,
 * which models share.
 */
export function learntJudges(context: StageContext, store: Store, reference: Store, set: PictureSet): LearntJudges {
  const crops = once(() => cropJudge(context, context.pool.bench(0), reference, set));
  const places = once(() => placeJudge(context, context.pool.bench(1), reference, set));
  const asked = async <T>(key: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await store.json(key, ask);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.note(error.message);
      return undefined;
    }
  };
  return {
    crops: (row) => asked(`crops/${row.key}`, async () => (await crops())(row)),
    places: (row) => asked(`backgrounds/${row.key}`, async () => (await places())(row)),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function cropJudge(
  context: StageContext,
  bench: Bench,
  store: Store,
  { categories, cases, reference, size }: PictureSet,
): Promise<(row: PictureRow) => Promise<CropResult>> {
  const { seed } = context;
  const known = reference.flatMap(({ truth, real }) =>
    requested(truth, categories)
      .filter(({ box }) => isJudged(box, size))
      .map((o) => ({ ...o, real })),
  );
  if (known.length < LEAST) throw tooFew("categories found", "objects of real pictures", known.length);
  const chosen = known.slice(0, CROPS);
  const examples = {
    channels: 3,
    size: CROP,
    classes: categories.count,
    pixels: chosen.map(({ real, box }) => cropOf(real, box)),
    labels: chosen.map((o) => o.label),
  };
  const budget = budgetOf(context, CROP_BUDGET);
  const weights = await store.floats("judges/crops", () =>
    trainWeights(bench.runtime, examples, budget, seed, context.signal),
  );
  const classifier = await classifierOf(bench.runtime, examples, budget, weights);
  return async ({ made }) => {
    const asked = made.flatMap(({ picture, objects }, i) =>
      requested(objects, categories)
        .filter(({ box }) => isJudged(box, size))
        .map((o) => ({ ...o, picture, image: cases[i].sample.cocoImageId })),
    );
    const found = await classifier.predict(asked.map(({ picture, box }) => cropOf(picture, box)));
    const classes = new Map<number, [n: number, found: number]>();
    const contributions = asked.map(({ label, image }, k) => {
      const right = found[k] === label ? 1 : 0;
      const [n, before] = classes.get(label) ?? [0, 0];
      classes.set(label, [n + 1, before + right]);
      return { group: image, numerator: right, denominator: 1 };
    });
    return {
      metric: bootstrap(contributions, { seed }),
      classes: [...classes].map(([label, [n, right]]) => [label, n, right] as const),
    };
  };
}

/** The background that the sentence names, or -1. */
export function placeNamed({ caption, truth }: PictureCase): number {
  if (backgroundOf(caption) === undefined) return -1;
  return BACKGROUND_KINDS.indexOf(sceneBackground(caption, truth.map(nameOf)));
}

/** The background that the record of a drawn picture notes, or -1. */
function placeDrawn({ sample }: PictureCase): number {
  return BACKGROUND_KINDS.indexOf(sample.attributes?.background as (typeof BACKGROUND_KINDS)[number]);
}

/** The background of a real picture: what its record says, else what its sentence names. */
function placeShown(c: PictureCase): number {
  const noted = placeDrawn(c);
  return noted >= 0 ? noted : placeNamed(c);
}

async function placeJudge(
  context: StageContext,
  bench: Bench,
  store: Store,
  { categories, cases, reference, size }: PictureSet,
): Promise<(row: PictureRow) => Promise<PlaceResult>> {
  const { seed } = context;
  const known = reference.map((c) => ({ c, label: placeShown(c) })).filter(({ label }) => label >= 0);
  if (known.length < LEAST) throw tooFew("background", "real pictures with a named background", known.length);
  const examples = {
    channels: 4,
    size: placeSide(size),
    classes: BACKGROUND_KINDS.length,
    pixels: known.map(({ c }) => placeOf(c.real, coverage(c.truth, size, categories))),
    labels: known.map((k) => k.label),
  };
  const budget = budgetOf(context, PLACE_BUDGET);
  const weights = await store.floats("judges/places", () =>
    trainWeights(bench.runtime, examples, budget, seed, context.signal),
  );
  const classifier = await classifierOf(bench.runtime, examples, budget, weights);
  return async ({ made }) => {
    const found = await classifier.predict(
      made.map(({ picture, objects }) => placeOf(picture, coverage(objects, size, categories))),
    );
    const right = (wanted: (c: PictureCase) => number): Interval | undefined => {
      const asked = cases.map((c, i) => ({ c, i, label: wanted(c) })).filter(({ label }) => label >= 0);
      if (asked.length === 0) return undefined;
      const contributions = asked.map(({ c, i, label }) => ({
        group: c.sample.cocoImageId,
        numerator: found[i] === label ? 1 : 0,
        denominator: 1,
      }));
      return bootstrap(contributions, { seed });
    };
    const drawn = right(placeDrawn);
    return { named: right(placeNamed) ?? NOTHING, ...(drawn && { drawn }) };
  };
}

/** No sentence names a place; such a metric is left out of the table. */
const NOTHING: Interval = { value: 0, low: 0, high: 0, n: 0 };

function tooFew(metric: string, what: string, count: number): UserError {
  return new UserError(
    `image: "${metric}" is left out: its judge learns from at least ${LEAST} ${what} of the training part, got ${count}`,
  );
}
