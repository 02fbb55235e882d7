/**
 * The one door for scenes from outside (files, PNG text, requests, the studio's storage): mends what can be mended and
 * says so in notes, refuses the rest in one line.
 * @module
 */
import { FormatError, shown } from "@scenograph/graph/errors";
import { checkMask } from "../formats/rle.ts";
import { type Categories, COCO } from "./categories.ts";
import { parseExactly, wideInteger } from "./jsonLists.ts";
import { freshId } from "./ops.ts";
import { type Box, type Mask, SCENE_VERSION, type Scene, type SceneObject } from "./scene.ts";
import { objectSchema, SCENE_LIMITS, type SceneInput, sceneSchema } from "./schema.ts";

const MAX_TEXT = 2 ** 24;
const MAX_NOTES = 50;
/** A picture's size in pixels where a scene says none. */
const DEFAULT_SIDE = 128;
/** The middle half: where an object stands of which only the label is given. */
const DEFAULT_BOX: Box = [0.25, 0.25, 0.5, 0.5];
/** Edges may miss the picture's by rounding. */
const EDGE = 1e-9;
/** Boxes further out than this were not meant as fractions. */
const FAR = 2;

/**
 * The scene in JSON text. Repairs are appended to `notes`, one sentence each.
 * @throws FormatError when the text is no JSON, or as `restoreScene`.
 */
export function parseScene(json: string, notes: string[] = [], categories: Categories = COCO): Scene {
  if (json.length > MAX_TEXT)
    throw new FormatError(`parseScene(): a scene has at most ${MAX_TEXT} characters, got ${json.length}`);
  let value: unknown;
  try {
    value = parseExactly(json, "seed");
  } catch (e) {
    throw new FormatError(`parseScene(): a scene is JSON, got ${(e as Error).message}; check the file`);
  }
  return restoreScene(value, notes, categories);
}

/**
 * A valid scene from any value, of version 2. Supplied in silence, being defaults: version, caption "", seed 0, size
 * 128 x 128 (a square where one side is given), ids, the middle of the picture as a box. Mended: boxes over the edge
 * are clipped, doubled ids renamed, labels and colours lower-cased, long phrases cut. Dropped: objects outside the
 * picture, broken masks, unknown fields. Each repair is appended to `notes`. A valid scene comes back equal, with no notes.
 * @throws FormatError for a value with neither caption nor objects, a newer version, an unknown label (naming the nearest), a null label without a phrase, wrong
 * types, more objects than `SCENE_LIMITS.objects`, a picture size out of range.
 */
export function restoreScene(value: unknown, notes: string[] = [], categories: Categories = COCO): Scene {
  const note = (text: string) => {
    if (notes.length < MAX_NOTES) notes.push(text);
    else if (notes.length === MAX_NOTES) notes.push("more repairs are not listed");
  };
  refuseNewer(value);
  const parsed = sceneSchema.safeParse(value);
  if (!parsed.success) throw typeError(value, parsed.error.issues[0]);
  const input = parsed.data;
  if (input.caption === undefined && input.objects === undefined)
    throw new FormatError(
      `restoreScene(): a scene has a caption or objects, got ${shown(value)}; write {"caption": "a dog"}`,
    );
  noteUnknown(input, ["version", "caption", "width", "height", "seed", "model", "objects"], "", note);

  const given = input.objects ?? [];
  const ids = new Set(given.flatMap((o) => o.id ?? []));
  const used = new Set<string>();
  const objects: SceneObject[] = [];
  given.forEach((o, i) => {
    const object = restoreObject(o, `objects[${i}]`, note, categories, (was) => {
      if (was !== undefined && !used.has(was)) return was;
      const id = freshId([...ids, ...used].map((taken) => ({ id: taken })));
      if (was !== undefined) note(`objects[${i}].id "${was}" is taken: set to "${id}"`);
      return id;
    });
    if (!object) return;
    used.add(object.id);
    objects.push(object);
  });
  return {
    version: SCENE_VERSION,
    caption: input.caption ?? "",
    width: input.width ?? input.height ?? DEFAULT_SIDE,
    height: input.height ?? input.width ?? DEFAULT_SIDE,
    seed: input.seed ?? 0,
    ...(input.model !== undefined && { model: input.model }),
    objects,
  };
}

type ObjectInput = NonNullable<SceneInput["objects"]>[number];
type Note = (text: string) => void;

function restoreObject(
  input: ObjectInput,
  where: string,
  note: Note,
  categories: Categories,
  idOf: (id: string | undefined) => string,
): SceneObject | undefined {
  noteUnknown(input, Object.keys(objectSchema.shape), `${where}.`, note);
  const phrase = restorePhrase(input.phrase, where, note);
  if (input.label === null && !phrase)
    throw new FormatError(
      `restoreScene(): ${where}.label is null only for a thing with a phrase, got no phrase; add "phrase": "a lamp"`,
    );
  const label = input.label === null ? null : restoreLabel(input.label, `${where}.label`, note, categories);
  const like = input.like === undefined ? undefined : restoreLabel(input.like, `${where}.like`, note, categories);
  const colour = restoreColour(input.colour, where, note);
  const box = restoreBox(input.box ?? DEFAULT_BOX, where, note);
  if (!box) return undefined;
  const mask = input.mask && restoreMask(input.mask, where, note);
  const scored = input.score !== undefined && input.score >= 0 && input.score <= 1;
  if (input.score !== undefined && !scored) note(`${where}.score ${input.score} is no probability: dropped`);
  return {
    id: idOf(input.id),
    label,
    box,
    ...(mask && { mask }),
    ...(input.pose !== undefined && { pose: input.pose }),
    ...(input.look !== undefined && { look: input.look }),
    ...(colour !== undefined && { colour }),
    ...(phrase !== undefined && { phrase }),
    ...(like !== undefined && { like }),
    ...(scored && { score: input.score }),
    ...(input.locked !== undefined && { locked: input.locked }),
    ...(input.hidden !== undefined && { hidden: input.hidden }),
  };
}

function restorePhrase(phrase: string | undefined, where: string, note: Note): string | undefined {
  const words = phrase?.trim();
  if (!words) return undefined;
  if (words.length <= SCENE_LIMITS.phraseCharacters) return words;
  note(`${where}.phrase has ${words.length} characters: cut to ${SCENE_LIMITS.phraseCharacters}`);
  // not in the middle of a surrogate pair
  return words.slice(0, SCENE_LIMITS.phraseCharacters).replace(/[\uD800-\uDBFF]$/, "");
}

function restoreColour(colour: string | undefined, where: string, note: Note): string | undefined {
  if (colour === undefined) return undefined;
  const plain = colour.toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(plain)) {
    if (plain !== colour) note(`${where}.colour ${colour}: read as "${plain}"`);
    return plain;
  }
  note(`${where}.colour is "#rrggbb", got ${shown(colour)}: dropped`);
  return undefined;
}

function restoreLabel(label: string, where: string, note: Note, categories: Categories): string {
  const name = categories.spelled(label);
  if (name !== undefined) {
    if (name !== label) note(`${where} ${JSON.stringify(label)}: read as "${name}"`);
    return name;
  }
  const near = categories.nearest(label);
  const [a, b] = [categories.nameOf(0), categories.nameOf(categories.count - 1)];
  throw new FormatError(
    `restoreScene(): ${where} is ${categories.described}, got ${shown(label)}; ${near ? `did you mean "${near}"?` : `write a name like "${a}" or "${b}"`}`,
  );
}

function restoreBox(box: Box, where: string, note: Note): Box | undefined {
  const [x, y, w, h] = box;
  if ([x, y, w, h, x + w, y + h].some((v) => Math.abs(v) > FAR))
    throw new FormatError(
      `restoreScene(): ${where}.box is in fractions of the picture, got [${box}]; divide pixels by width and height`,
    );
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(1, x + w), Math.min(1, y + h)];
  if (right - left < EDGE || bottom - top < EDGE) {
    note(`${where}.box [${box}] has no area inside the picture: the object was dropped`);
    return undefined;
  }
  if (x >= 0 && y >= 0 && x + w <= 1 + EDGE && y + h <= 1 + EDGE) return [x, y, w, h];
  const clipped: Box = [left, top, right - left, bottom - top];
  note(`${where}.box [${box}] reaches over the edge: clipped to [${clipped}]`);
  return clipped;
}

function restoreMask(input: NonNullable<ObjectInput["mask"]>, where: string, note: Note): Mask | undefined {
  noteUnknown(input, ["width", "height", "counts"], `${where}.mask.`, note);
  const { width, height, counts } = input;
  try {
    const mask = checkMask({ width, height, counts }, "mask");
    if (width > SCENE_LIMITS.maxSide || height > SCENE_LIMITS.maxSide)
      throw new FormatError(`a side has at most ${SCENE_LIMITS.maxSide} pixels, got ${width} x ${height}`);
    if (mask.counts !== counts) note(`${where}.mask had empty runs: merged`);
    return mask;
  } catch (e) {
    if (!(e instanceof FormatError)) throw e;
    note(`${where}.mask was dropped: ${e.message}`);
    return undefined;
  }
}

function noteUnknown(value: object, known: readonly string[], where: string, note: Note): void {
  for (const key of Object.keys(value))
    if (!known.includes(key)) note(`${where}${shown(key).slice(1, -1)} is no field of a scene: dropped`);
}

function refuseNewer(value: unknown): void {
  if (typeof value !== "object" || value === null || !("version" in value)) return;
  const { version } = value;
  if (typeof version === "number" && version > SCENE_VERSION)
    throw new FormatError(
      `restoreScene(): this program reads scenes of versions 1 and 2, got ${version}; a newer Scenograph wrote it, update`,
    );
}

function typeError(
  value: unknown,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
): FormatError {
  let at: unknown = value;
  let where = "";
  for (const key of issue.path) {
    at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
    where += typeof key === "number" ? `[${key}]` : `${where ? "." : ""}${String(key)}`;
  }
  const wide = wideInteger(at);
  const got = wide ?? (Array.isArray(at) && at.length > 4 ? `${at.length} entries` : shown(at));
  const rule = wide === undefined ? issue.message : "is a whole number below 2^53";
  return new FormatError(`restoreScene(): ${where || "a scene"} ${rule}, got ${got}; correct the scene`);
}
