/** The words of a scene as other programs get them. @module */
import { wordsOf } from "../ours/text/coco.ts";
import { type Categories, COCO } from "../scene/categories.ts";
import { nameOf, visibleObjects } from "../scene/ops.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { type Thing, understand } from "../understand/index.ts";

/** One line: control characters and runs of blanks become one space, halves of surrogate pairs are dropped. */
export function tidy(text: string): string {
  return text
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
}

/** What the sentence calls the object ("a red couch"), else its category with an article. */
export function phraseOf(object: Pick<SceneObject, "label" | "phrase">): string {
  const phrase = tidy(object.phrase ?? "");
  if (phrase !== "") return phrase;
  return withArticle(nameOf(object));
}

function withArticle(name: string): string {
  if (/^(?:skis|scissors)$/.test(name)) return name;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

export interface Phrased extends SceneObject {
  readonly words: string;
}

/** What belongs into the picture, in drawing order, with its words. */
export function phrased(scene: Scene): Phrased[] {
  return visibleObjects(withPhrases(scene)).map((o) => ({ ...o, words: phraseOf(o) }));
}

/** The scene with the sentence's own words on the objects that have none, as far as it speaks of them. */
export function withPhrases(scene: Scene, categories: Categories = COCO): Scene {
  if (scene.caption.trim() === "" || scene.objects.every((o) => o.phrase)) return scene;
  const { things } = understand(scene.caption, wordsOf(categories));
  const left = things
    .filter((t) => !t.negated && t.category !== null)
    .map((thing) => ({ thing, times: thing.count ?? Math.max(1, thing.range[1]) }));
  // those that say their words already have taken theirs
  for (const o of scene.objects) {
    const own = o.phrase && left.find(({ thing, times }) => times > 0 && thing.category === o.label);
    if (own) own.times--;
  }
  const objects = scene.objects.map((o) => {
    const said = o.phrase ? undefined : left.find(({ thing, times }) => times > 0 && thing.category === o.label);
    if (!said) return o;
    said.times--;
    return { ...o, phrase: one(said.thing) };
  });
  return { ...scene, objects };
}

/** The phrase of one of them: "two red buses" -> "a red bus". */
function one({ phrase, noun, plural, colours, attributes }: Thing): string {
  return plural ? withArticle([...attributes, ...colours, noun].join(" ")) : tidy(phrase);
}

/** The caption, else its things. */
export function captionOf(scene: Scene): string {
  const caption = tidy(scene.caption);
  if (caption !== "") return caption;
  return phrased(scene)
    .map((o) => o.words)
    .join(", ");
}

/** Text for prompts in which ( ) and \ carry weights (ComfyUI, the SD web UI): they are escaped. `brackets`: [ ] as well. */
export function escapeWeights(text: string, brackets = false): string {
  return tidy(text).replace(brackets ? /[\\()[\]]/g : /[\\()]/g, (c) => `\\${c}`);
}

/** Letters, digits and "-", at most 60: a name for a file of any system. "" where there is none. */
export function fileWord(text: string): string {
  const words = text
    .normalize("NFKD")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  const slug = (words ?? [])
    .join("-")
    .slice(0, 60)
    .replace(/[\uD800-\uDBFF]$/, "");
  return slug.replace(/-+$/, "");
}

/** For text and attributes of XML; characters that XML cannot hold are dropped. */
export function escapeXml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (c) => names[c]);
}

/** "#rrggbb" -> [r, g, b]; undefined for anything else. */
export function rgbOf(colour: string | undefined): [number, number, number] | undefined {
  const [, r, g, b] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour ?? "") ?? [];
  return r === undefined ? undefined : ([r, g, b].map((v) => Number.parseInt(v, 16)) as [number, number, number]);
}
