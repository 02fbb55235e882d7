/**
 * Penn Treebank tokenisation for caption scores, written from the Treebank's tokenisation guidelines: contractions are
 * split ("do n't", "dog 's", "gon na"), quotes, brackets and punctuation are tokens of their own, hyphenated words,
 * numbers, times and abbreviations stay whole. Then, as in coco-caption: lower case, American spelling, and the
 * punctuation of its published list left out. Not Stanford's tokeniser: rare texts come out differently, so its scores are
 * not to be called equal to published ones.
 * @module
 */
import { americanSpelling } from "./spelling.ts";

/** coco-caption's punctuation, as the marks that this tokeniser gives; brackets are those of -LRB-, -LCB- ... */
const PUNCTUATION = new Set([
  "'",
  "''",
  "`",
  "``",
  '"',
  "(",
  ")",
  "{",
  "}",
  ".",
  "?",
  "!",
  ",",
  ":",
  ";",
  "-",
  "--",
  "...",
]);

/** Abbreviations whose full stop belongs to the word. */
const ABBREVIATIONS = new Set("mr mrs ms dr prof st ave jr sr vs etc approx dept inc ltd co".split(" "));

/** Words that are two: the place of the cut. */
const FUSED: ReadonlyMap<string, number> = new Map([
  ["cannot", 3],
  ["gonna", 3],
  ["wanna", 3],
  ["gotta", 3],
  ["gimme", 3],
  ["lemme", 3],
  ["'tis", 2],
  ["'twas", 2],
]);

/** The part of a contraction that is a token of its own. */
const CLITIC = /^(.+?)(n't|'(?:s|m|d|ll|re|ve))$/;

/**
 * What a token may be, first match wins: ellipsis or dash, number (thousands, decimals, times, fractions, ordinals),
 * initials (u.s., a.m.), word (inner hyphens, apostrophes, slashes, dots between letters), any other mark alone.
 */
const TOKEN =
  /\.{2,}|…|-{2,}|[–—]|\d+(?:[.,:/]\d+)*(?:st|nd|rd|th|s)?(?![\p{L}\d])|(?:\p{L}\.){2,}|'?[\p{L}\p{M}\d]+(?:[-'/&.@_]+[\p{L}\p{M}\d]+)*'?|[^\s]/gu;

/** Lower-case tokens of a text without punctuation marks. */
export function tokenizePtb(text: string): string[] {
  const plain = text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
  const tokens: string[] = [];
  for (const { 0: token, index } of plain.matchAll(TOKEN)) {
    const next = plain[index + token.length];
    for (const part of wordParts(token, next)) if (!PUNCTUATION.has(part)) tokens.push(americanSpelling(part));
  }
  return tokens;
}

/** A match of TOKEN as tokens: contractions cut, quotation marks at the ends taken off, abbreviations completed. */
function wordParts(token: string, next: string | undefined): string[] {
  if (/^(?:\.{2,}|…)$/.test(token)) return ["..."];
  if (/^(?:-{2,}|[–—])$/.test(token)) return ["--"];
  if (!/[\p{L}\d]/u.test(token)) return [token];
  if (next === "." && ABBREVIATIONS.has(token)) return [`${token}.`];
  const cut = FUSED.get(token);
  if (cut !== undefined) return [token.slice(0, cut), token.slice(cut)];
  const quote = token.startsWith("'") && !/^'(?:s|m|d|ll|re|ve)$/.test(token) ? 1 : 0;
  const word = token.slice(quote).replace(/'$/, "");
  const clitic = CLITIC.exec(word);
  return clitic ? [clitic[1], clitic[2]] : [word];
}
