/** Sentence -> words with their places: the lowest level of understanding. @module */

export interface Word {
  /** Lower case; "n't" is "not", "'s" is a word of its own. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What stands before it: nothing, a comma (weak), or the end of a clause (strong). */
  readonly breaks: "" | "," | ".";
}

const WORD = /[\p{L}\p{M}]+|\p{N}+(?:[.,]\p{N}+)*|['’](?=s\b)/gu;

/** Words of a sentence; capitals, hyphens and typographic apostrophes make no difference. */
export function wordsOf(sentence: string): Word[] {
  const out: Word[] = [];
  let last = 0;
  for (const match of sentence.matchAll(WORD)) {
    const between = sentence.slice(last, match.index);
    const glued = /^['’]$/.test(between);
    const breaks = /[.;:!?\n]/.test(between) ? "." : /[,()"“”]|\s[-–—]\s/.test(between) ? "," : "";
    const start = match.index;
    const end = start + match[0].length;
    last = end;
    const text = match[0].normalize("NFKC").toLowerCase();
    const before = out.at(-1);
    if (text === "'" || text === "’") continue;
    const apostrophe = start > 0 && /['’]/.test(sentence[start - 1]);
    if (text === "s" && apostrophe && before) out.push({ text: "'s", start: start - 1, end, breaks: "" });
    else if (text === "t" && glued && before && /n$/.test(before.text)) {
      const verb = before.text === "can" ? "can" : before.text === "won" ? "will" : before.text.slice(0, -1);
      out[out.length - 1] = { ...before, text: verb };
      out.push({ text: "not", start: end - 1, end, breaks: "" });
    } else if (glued && before && CONTRACTIONS[text]) out.push({ text: CONTRACTIONS[text], start, end, breaks: "" });
    else out.push({ text, start, end, breaks: out.length === 0 ? "" : breaks });
  }
  return out;
}

const CONTRACTIONS: Readonly<Record<string, string>> = { re: "are", m: "am", ve: "have", ll: "will", d: "would" };

const IRREGULAR: Readonly<Record<string, string>> = {
  men: "man",
  women: "woman",
  children: "child",
  people: "person",
  geese: "goose",
  oxen: "ox",
  mice: "mouse",
  knives: "knife",
  wolves: "wolf",
  leaves: "leaf",
  shelves: "shelf",
  loaves: "loaf",
  scarves: "scarf",
  feet: "foot",
  teeth: "tooth",
  fairies: "fairy",
  calves: "calf",
  thieves: "thief",
  wives: "wife",
  elves: "elf",
  dwarves: "dwarf",
  fungi: "fungus",
  cacti: "cactus",
};

/** Words that are their own plural. */
export const ZERO_PLURALS = new Set(
  "sheep fish deer aircraft luggage baggage cattle bison moose broccoli skis scissors".split(" "),
);
const NO_PLURAL = /(?:ss|us|is|ous|ness)$/;

/** Singular of a regular or known plural; the word itself when it is none. */
export function singular(word: string): string {
  const last = word.slice(word.lastIndexOf(" ") + 1);
  const lead = word.slice(0, word.length - last.length);
  const known = IRREGULAR[last];
  if (known) return lead + known;
  if (last.length < 4 || !last.endsWith("s") || NO_PLURAL.test(last) || ZERO_PLURALS.has(last)) return word;
  if (/[^aeiou]ies$/.test(last)) return `${lead}${last.slice(0, -3)}y`;
  if (/(?:[sxz]|ch|sh)es$/.test(last) && !/(?:ses|ches|zes)$/.test(last)) return lead + last.slice(0, -2);
  if (/(?:sses|ches|xes|uses)$/.test(last) && !/(?:horses|houses|nurses|vases|aches)$/.test(last))
    return lead + last.slice(0, -2);
  if (/(?:potato|tomato|mango|volcano|hero)es$/.test(last)) return lead + last.slice(0, -2);
  return lead + last.slice(0, -1);
}

/** Plural forms of a phrase, by its last word. */
export function plurals(phrase: string): string[] {
  const last = phrase.slice(phrase.lastIndexOf(" ") + 1);
  if (phrase === "" || ZERO_PLURALS.has(last) || isPlural(last)) return [];
  const lead = phrase.slice(0, phrase.length - last.length);
  const irregular = Object.entries(IRREGULAR).find(([, one]) => one === last);
  if (irregular) return [lead + irregular[0], ...(last === "person" ? [`${lead}persons`] : [])];
  if (/[^aeiou]y$/.test(last)) return [`${phrase.slice(0, -1)}ies`];
  if (last.endsWith("bus")) return [`${phrase}es`, `${phrase}ses`, `${phrase}s`];
  if (/(?:s|x|z|ch|sh)$/.test(last)) return [`${phrase}es`];
  if (/man$/.test(last) && last !== "human") return [`${phrase.slice(0, -3)}men`];
  return last.endsWith("o") ? [`${phrase}s`, `${phrase}es`] : [`${phrase}s`];
}

/** Is the form a plural? Words that are their own plural count as none here. */
export function isPlural(word: string): boolean {
  const last = word.slice(word.lastIndexOf(" ") + 1);
  return IRREGULAR[last] !== undefined || /men$/.test(last) || (singular(last) !== last && last !== "bus");
}
