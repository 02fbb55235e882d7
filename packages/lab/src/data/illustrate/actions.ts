/**
 * Made-up layouts of people and animals that do something: photographs' layouts hold few who run, lie, wave or graze, and a code for a
 * pose wants some hundred examples of each. Original work.
 * @module
 */
import type { Random } from "@scenograph/graph/random";
import { classIndex } from "scenograph/scene/categories";
import type { Box } from "scenograph/scene/scene";
import type { LayoutObject } from "./plan.ts";

interface Act {
  /** What follows the subject: "running in the park". */
  readonly words: readonly string[];
  /** Width / height of the subject's box. */
  readonly aspect: number;
  /** Height of the subject's box, from and to. */
  readonly tall?: readonly [number, number];
  /** Further things, from the subject's box: label, then centre x, top, width, height in units of the subject's height, from its centre and top. */
  readonly things?: readonly (readonly [label: string, x: number, top: number, w: number, h: number])[];
}

const PEOPLE_ACTS: readonly Act[] = [
  { words: ["running in the park", "running on the street", "running on the beach"], aspect: 0.88 },
  {
    words: ["walking on the street", "walking in the forest", "walking in the snow", "walking in a meadow"],
    aspect: 0.46,
  },
  { words: ["waving in the park", "waving on the beach", "waving on the street"], aspect: 0.44 },
  {
    words: ["standing on the street", "standing in a field", "standing in a kitchen", "posing on the beach"],
    aspect: 0.34,
  },
  { words: ["sitting on the grass", "sitting on the beach"], aspect: 0.62, tall: [0.4, 0.65] },
  { words: ["lying on the grass", "lying on the beach", "sleeping in the park"], aspect: 3.2, tall: [0.16, 0.27] },
  { words: ["throwing a frisbee in the park"], aspect: 0.85, things: [["frisbee", 0.75, -0.02, 0.22, 0.08]] },
  { words: ["throwing a ball in a field"], aspect: 0.85, things: [["sports ball", 0.7, 0.02, 0.11, 0.11]] },
  {
    words: ["holding an umbrella on the street", "holding an umbrella in the rain"],
    aspect: 0.45,
    things: [["umbrella", 0.24, -0.25, 0.62, 0.6]],
  },
  { words: ["holding a teddy bear in a room"], aspect: 0.42, things: [["teddy bear", 0.24, 0.3, 0.2, 0.24]] },
  { words: ["holding a surfboard on the beach"], aspect: 0.45, things: [["surfboard", 0.28, 0.02, 0.2, 0.9]] },
  {
    words: ["riding a horse in a field", "riding a horse on the beach"],
    aspect: 0.62,
    tall: [0.4, 0.52],
    things: [["horse", 0, 0.45, 1.15, 1.2]],
  },
  {
    words: ["riding a bicycle on the street", "riding a bike in the park"],
    aspect: 0.72,
    tall: [0.5, 0.66],
    things: [["bicycle", 0.05, 0.5, 0.98, 0.6]],
  },
  {
    words: ["riding a motorcycle on the road"],
    aspect: 0.72,
    tall: [0.42, 0.56],
    things: [["motorcycle", 0.05, 0.48, 1.1, 0.72]],
  },
  {
    words: ["surfing on a wave in the ocean", "riding a wave"],
    aspect: 1.1,
    tall: [0.35, 0.55],
    things: [["surfboard", 0, 0.92, 1.3, 0.16]],
  },
  {
    words: ["riding a skateboard on the street"],
    aspect: 1.05,
    tall: [0.45, 0.7],
    things: [["skateboard", 0, 0.95, 0.8, 0.16]],
  },
  {
    words: ["skiing on a snowy slope", "skiing in the snow"],
    aspect: 0.85,
    tall: [0.45, 0.7],
    things: [["skis", 0, 0.93, 1.1, 0.12]],
  },
  {
    words: ["swinging a tennis racket on a tennis court"],
    aspect: 0.8,
    things: [["tennis racket", 0.42, 0.06, 0.24, 0.34]],
  },
  {
    words: ["swinging a baseball bat on a baseball field"],
    aspect: 0.8,
    things: [["baseball bat", 0.46, 0.02, 0.34, 0.3]],
  },
  {
    words: ["sitting on a bench in the park", "sitting on a bench by the sea"],
    aspect: 0.66,
    tall: [0.5, 0.66],
    things: [["bench", 0, 0.4, 1.3, 0.62]],
  },
  {
    words: ["sitting on a couch in the living room"],
    aspect: 0.66,
    tall: [0.5, 0.66],
    things: [["couch", 0, 0.3, 1.4, 0.74]],
  },
  {
    words: ["sitting on a chair in a room"],
    aspect: 0.62,
    tall: [0.5, 0.7],
    things: [["chair", -0.08, 0.2, 0.8, 0.84]],
  },
  {
    words: ["eating pizza at a table in a room", "having dinner at a table, eating pizza"],
    aspect: 0.85,
    tall: [0.4, 0.5],
    things: [
      ["dining table", 0, 0.72, 1.9, 0.85],
      ["pizza", 0, 0.7, 0.6, 0.24],
    ],
  },
];

const ANIMAL_ACTS: readonly (Act & { readonly animals: readonly string[] })[] = [
  {
    animals: ["cat", "dog"],
    words: ["sleeping on the floor of a room", "lying on the grass", "sleeping in a room"],
    aspect: 1.8,
    tall: [0.25, 0.42],
  },
  {
    animals: ["cat", "dog"],
    words: ["sleeping on a couch in the living room"],
    aspect: 1.8,
    tall: [0.22, 0.3],
    things: [["couch", 0, -0.8, 3.2, 2.1]],
  },
  {
    animals: ["cat", "dog"],
    words: ["sitting in a room", "sitting on the street", "sitting in the park"],
    aspect: 0.85,
    tall: [0.4, 0.65],
  },
  {
    animals: ["cat", "dog", "bird"],
    words: ["standing in a room", "standing on the grass", "standing in the snow"],
    aspect: 1.15,
    tall: [0.35, 0.6],
  },
  {
    animals: ["horse", "cow", "sheep"],
    words: ["grazing in a meadow", "eating grass in a field"],
    aspect: 1.4,
    tall: [0.3, 0.5],
  },
  { animals: ["horse"], words: ["running in a field", "running on the beach"], aspect: 1.1, tall: [0.4, 0.65] },
  { animals: ["bird"], words: ["flying in the sky", "flying over the ocean"], aspect: 1.6, tall: [0.15, 0.35] },
];

const PEOPLE = ["man", "woman", "boy", "girl"] as const;

/** One scene and its caption. */
export function drawAction(rng: Random): { caption: string; objects: LayoutObject[] } {
  const animal = rng.bool(0.3);
  const act = rng.pick<Act>(animal ? ANIMAL_ACTS : PEOPLE_ACTS);
  const noun = animal ? rng.pick((act as (typeof ANIMAL_ACTS)[number]).animals) : rng.pick(PEOPLE);
  const [low, high] = act.tall ?? [0.5, 0.82];
  const h = rng.uniform(low, high);
  const w = h * act.aspect * rng.uniform(0.94, 1.06);
  const things = act.things ?? [];
  const below = Math.max(1, ...things.map(([, , top, , height]) => top + height));
  const bottom = act.words[0].includes("flying") ? rng.uniform(0.35, 0.7) : rng.uniform(0.86, 0.97);
  const top = bottom - h * below;
  // Some have a second one beside them that does the same.
  const two = things.length === 0 && w < 0.4 && rng.bool(0.35);
  const centres = two ? [rng.uniform(0.22, 0.32), rng.uniform(0.66, 0.78)] : [rng.uniform(0.36, 0.64)];
  const objects = centres.flatMap((cx) => {
    const size = cx === centres[0] ? 1 : rng.uniform(0.86, 0.97);
    const box: Box = [cx - (w * size) / 2, top + h * (1 - size), w * size, h * size];
    const side = rng.bool() ? 1 : -1;
    const others = things.map(([label, x, y, tw, th]) =>
      made(label, [cx + side * x * h - (tw * h) / 2, top + y * h, tw * h, th * h]),
    );
    return [made(animal ? noun : "person", box), ...others];
  });
  const plural = noun === "sheep" ? "sheep" : noun === "man" ? "men" : noun === "woman" ? "women" : `${noun}s`;
  return {
    caption: `${two ? `Two ${plural}` : `A ${noun}`} ${rng.pick(act.words)}.`,
    objects: objects.filter((o) => o.box[2] > 0),
  };
}

/** Cut off at the picture's edges. */
function made(label: string, [x, y, w, h]: Box): LayoutObject {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(1, x + w), Math.min(1, y + h)];
  return { classIndex: classIndex(label), box: [left, top, right - left, bottom - top] };
}
