/**
 * The categories that a sentence names, by a synonym table: what a layout of it has to hold ("named" in the
 * evaluation), what a user interface underlines, and how many of each the sentence asks for.
 * @module
 */
import { type Categories, COCO } from "../../scene/categories.ts";
import { NOT_CATEGORIES, SYNONYMS } from "./synonyms.ts";

/** A stretch of a caption that names a category. */
export interface NamedCategory {
  /** UTF-16 code units of the caption, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly classIndex: number;
  /** How many, where the words before it say so: "a dog" 1, "two dogs" 2, "a couple of dogs" 2; not for "some dogs". */
  readonly count?: number;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Punctuation that ends a phrase stands between this word and the one before. */
  readonly breaks: boolean;
}

const WORDS = /[\p{L}\p{M}]+|\p{N}+/gu;

function wordsOf(caption: string): Word[] {
  let last = 0;
  return [...caption.matchAll(WORDS)].map((match) => {
    const breaks = /[.,;:!?()"]/.test(caption.slice(last, match.index));
    last = match.index + match[0].length;
    return { text: match[0].normalize("NFKC").toLowerCase(), start: match.index, end: last, breaks };
  });
}

/** The words of a vocabulary. */
interface Table {
  readonly categories: Categories;
  /** Phrase -> class index, or -1 for compounds that name no category. */
  readonly phrases: ReadonlyMap<string, number>;
  /** Words of the longest phrase. */
  readonly longest: number;
  readonly animals: ReadonlySet<number>;
  readonly vehicles: ReadonlySet<number>;
}

const tables = new WeakMap<Categories, Table>();

/** Names, synonyms and plurals of a vocabulary; names that COCO has bring COCO's synonyms along. */
function tableOf(categories: Categories): Table {
  let table = tables.get(categories);
  if (!table) {
    const phrases = new Map<string, number>();
    const put = (phrase: string, index: number) => {
      const plain = phrase.normalize("NFKC").toLowerCase().trim();
      for (const form of [plain, ...plurals(plain)]) if (form !== "") phrases.set(form, index);
    };
    for (const phrase of NOT_CATEGORIES.split(", ")) put(phrase, -1);
    for (const phrase of categories.except) put(phrase, -1);
    categories.categories.forEach(({ name, synonyms = [], plural }, index) => {
      const known = SYNONYMS[name]?.split(", ").filter((word) => categories.indexOf(word) < 0) ?? [];
      for (const phrase of [...known, ...synonyms, name]) put(phrase, index);
      if (plural) phrases.set(plural.toLowerCase(), index);
    });
    const classesOf = (kind: string) =>
      new Set(categories.categories.flatMap((c, i) => (c.supercategory === kind ? [i] : [])));
    const longest = Math.max(...[...phrases.keys()].map((p) => p.split(" ").length));
    table = { categories, phrases, longest, animals: classesOf("animal"), vehicles: classesOf("vehicle") };
    tables.set(categories, table);
  }
  return table;
}

function plurals(phrase: string): string[] {
  if (phrase === "" || phrase.endsWith("skis")) return [];
  if (/[^aeiou]y$/.test(phrase)) return [`${phrase.slice(0, -1)}ies`];
  if (/(?:s|x|z|ch|sh)$/.test(phrase)) return [`${phrase}es`];
  if (/man$/.test(phrase) && phrase !== "human") return [`${phrase.slice(0, -3)}men`];
  return phrase.endsWith("o") ? [`${phrase}s`, `${phrase}es`] : [`${phrase}s`];
}

/** Words that name a category only beside others of its kind. `near`: anywhere in the caption. */
const IN_CONTEXT: readonly { words: readonly string[]; name: string; near: RegExp }[] = [
  {
    words: ["bat", "bats"],
    name: "baseball bat",
    near: /\b(?:baseball|batter|batting|pitch|ball|player|swing|umpire|hit|home plate)/i,
  },
  { words: ["glove", "mitt", "gloves"], name: "baseball glove", near: /\b(?:baseball|catcher|pitcher|umpire|batter)/i },
  {
    words: ["ball", "balls"],
    name: "sports ball",
    near: /\b(?:soccer|tennis|baseball|basketball|football|volleyball|player|kick|hit|hits|hitting|throw|racket|racquet|bat|pitch|serve|return)/i,
  },
  {
    words: ["mouse", "mice"],
    name: "mouse",
    near: /\b(?:computer|keyboard|laptop|desk|monitor|screen|pad|mousepad|wireless|usb)/i,
  },
  { words: ["pitcher"], name: "person", near: /\b(?:baseball|mound|throw|pitch(?:ing|es)|batter|ball)\b/i },
];

const COLOURS = new Set(
  "white black red blue green yellow brown grey gray pink purple orange silver tan gold".split(" "),
);
const AFTER_NOUN = new Set(
  "and or in on with is are next that sitting to beside near at from of cut sliced for which being by hanging laying growing".split(
    " ",
  ),
);
const BEFORE_ORANGE = new Set(
  "an the ripe peeled cut half whole sliced fresh one single apple banana mandarin navel".split(" "),
);

// "a baby giraffe", "an adult zebra", "a family of ducks", "passenger trains"
const KIN = new Set(
  "baby babies adult adults mother mothers father fathers male female family families child children".split(" "),
);
function isAnimal({ animals, phrases }: Table, word: string): boolean {
  return (
    animals.has(phrases.get(word) ?? -1) ||
    /^(?:goat|calf|calves|cub|lion|monkey|deer|animal|rhino|buffalo)s?$/.test(word)
  );
}

/** Does the word at `i` belong to a noun of these classes, at most one adjective or "of" later? */
function ownedBy(table: Table, words: readonly Word[], i: number, classes: ReadonlySet<number>): boolean {
  for (let j = i + 1; j <= i + 2 && j < words.length && !words[j].breaks; j++) {
    if (classes.has(table.phrases.get(words[j].text) ?? -1)) return true;
    if (classes === table.animals && isAnimal(table, words[j].text)) return true;
    if (words[j].text !== "of" && NO_ADJECTIVE.has(words[j].text)) return false;
  }
  return false;
}

/** The class of the word at `i` where its sense depends on its neighbours; undefined where the table decides. */
function bySense(table: Table, caption: string, words: readonly Word[], i: number): number | undefined {
  const { phrases, animals, vehicles } = table;
  const own = (name: string) => table.categories.indexOf(name);
  const { text } = words[i];
  const previous = words[i - 1]?.text;
  const next = words[i + 1]?.text;
  if (own("orange") >= 0 && text === "oranges") return own("orange");
  if (own("orange") >= 0 && text === "orange") {
    const colour =
      next !== undefined && !words[i + 1].breaks && (!AFTER_NOUN.has(next) || COLOURS.has(words[i + 2]?.text));
    return !colour && BEFORE_ORANGE.has(previous) ? own("orange") : -1;
  }
  // "ties a rope", "tied" are verbs
  if (own("tie") >= 0 && (text === "tie" || text === "ties"))
    return previous === "to" || next === "a" || next === "up" ? -1 : undefined;
  // "two people" when it is no "couple of"
  if (own("person") >= 0 && text === "couple")
    return next !== "of" && !phrases.has(next ?? "") && !phrases.has(words[i + 2]?.text ?? "") ? own("person") : -1;
  if (KIN.has(text) && ownedBy(table, words, i, animals)) return -1;
  if (/^(?:mother|father|adult)s?$/.test(text) && words.some((w) => isAnimal(table, w.text))) return -1;
  if (text === "passenger" && ownedBy(table, words, i, vehicles)) return -1;
  if (text === "someone" && next === "s") return -1;
  for (const { words: list, name, near } of IN_CONTEXT)
    if (own(name) >= 0 && list.includes(text)) return near.test(caption) ? own(name) : -1;
  for (const [index, { senses = [] }] of table.categories.categories.entries())
    for (const sense of senses)
      if (sense.words.includes(text)) return words.some((w) => sense.near.includes(w.text)) ? index : -1;
  return undefined;
}

/** Every category that a caption names, in order, with its place; the longest compound wins ("hot dog", "teddy bear"). */
export function findCategories(caption: string, categories: Categories = COCO): NamedCategory[] {
  const table = tableOf(categories);
  const words = wordsOf(caption);
  const found: NamedCategory[] = [];
  let free = 0; // first word not part of an earlier find
  for (let i = 0; i < words.length; i++) {
    let index: number | undefined;
    let length = 0;
    for (let n = Math.min(table.longest, words.length - i); n >= 1 && index === undefined; n--) {
      const phrase = words.slice(i, i + n);
      if (phrase.slice(1).some((w) => w.breaks)) continue;
      if (n === 1) index = bySense(table, caption, words, i);
      index ??= table.phrases.get(phrase.map((w) => w.text).join(" "));
      length = n;
    }
    if (index === undefined) continue;
    const last = words[i + length - 1];
    if (index >= 0) {
      const count = countBefore(words, i, free);
      found.push({
        start: words[i].start,
        end: last.end,
        classIndex: index,
        ...(count === undefined ? {} : { count }),
      });
    }
    i += length - 1;
    if (index >= 0) free = i + 1;
  }
  return found.map((f, i) => (i > 0 && f.count === undefined ? mount(categories, caption, found[i - 1], f) : f));
}

const MOUNTS = ["bicycle", "elephant", "horse", "motorcycle", "skateboard", "skis", "snowboard", "surfboard"];

/** "two people riding horses": a mount each; right for 31 of the 41 training captions that say such a thing of two or more. */
function mount(categories: Categories, caption: string, rider: NamedCategory, ridden: NamedCategory): NamedCategory {
  const each =
    categories.nameOf(rider.classIndex) === "person" &&
    MOUNTS.includes(categories.nameOf(ridden.classIndex)) &&
    /s$/i.test(caption.slice(ridden.start, ridden.end)) &&
    /^ (?:(?:are|were) )?(?:rid(?:e|es|ing)|rode|on) (?:(?:their|the|some) )?$/i.test(
      caption.slice(rider.end, ridden.start),
    );
  return each && rider.count !== undefined && rider.count > 1 ? { ...ridden, count: rider.count } : ridden;
}

/** The classes that a caption names. */
export function namedCategories(caption: string, categories: Categories = COCO): Set<number> {
  return new Set(findCategories(caption, categories).map((c) => c.classIndex));
}

/** How many of each class a caption tells, its mentions added up ("a man and two girls": 3 persons); classes without a number are left out. */
export function toldCounts(caption: string, categories: Categories = COCO): Map<number, number> {
  const told = new Map<number, number>();
  for (const { classIndex: c, count } of findCategories(caption, categories))
    if (count !== undefined) told.set(c, (told.get(c) ?? 0) + count);
  return told;
}

const NUMBERS = new Map<string, number>(
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((word, n) => [word, n]),
);
for (const [word, n] of [
  ["a", 1],
  ["an", 1],
  ["single", 1],
  ["another", 1],
  ["couple", 2],
  ["pair", 2],
  ["both", 2],
  ["trio", 3],
  ["dozen", 12],
] as const)
  NUMBERS.set(word, n);

const NO_ADJECTIVE = new Set(
  "of and or with in on at by to from near the is are has next behind under over for that this these those his her their its some many several few no".split(
    " ",
  ),
);

/** The number that the words before word `at` give it: at most three adjectives between, none of `from`'s left. */
function countBefore(words: readonly Word[], at: number, from: number): number | undefined {
  let of = false;
  for (let i = at - 1; i >= Math.max(from, at - 5); i--) {
    if (words[i + 1].breaks && !of && i + 1 === at) return undefined;
    const { text } = words[i];
    const n = /^\d{1,2}$/.test(text) ? Number(text) : NUMBERS.get(text);
    if (n !== undefined) {
      // "a couple of dogs", "a pair of dogs", "a dozen dogs"; but "one of the dogs", "a group of dogs"
      if (of && !["couple", "pair", "trio", "dozen"].includes(text)) return undefined;
      return n;
    }
    if (text === "of" && i === at - 1) of = true;
    else if (of || NO_ADJECTIVE.has(text)) return undefined;
  }
  return undefined;
}
