/**
 * Caption -> tokens, the same for training, inference and the metrics over captions.
 * A token is a run of letters, marks and digits of any script, inner apostrophes and hyphens included ("man's",
 * "t-shirt", "3.5"), or one emoji; it is NFKC-normalised and lower-cased. Everything else separates.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";

/** The text encoder reads at most this many tokens of a caption; the rest is dropped and reported. */
export const MAX_TOKENS = 64;

export interface Token {
  readonly text: string;
  /** Place in the caption as given, UTF-16 code units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Tokenized {
  /** At most `limit` tokens. */
  readonly tokens: string[];
  /** One a token. */
  readonly spans: Token[];
  /** How many tokens were dropped by the limit; 0 when all were used. */
  readonly dropped: number;
}

const WORD = String.raw`[\p{L}\p{M}\p{N}]+(?:(?:['’ʼ‐‑-]|(?<=\p{N})[.,](?=\p{N}))[\p{L}\p{M}\p{N}]+)*`;
const EMOJI = String.raw`\p{RI}\p{RI}|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*`;
const TOKEN = new RegExp(`${WORD}|${EMOJI}`, "gu");

/** Every token of a text, without limit; an empty list where it has none. */
export function scanTokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const plain = match[0].normalize("NFKC").toLowerCase().replace(/[’ʼ]/g, "'").replace(/[‐‑]/g, "-");
    // a ligature may normalise to several words
    if (plain === match[0]) found.push({ text: plain, ...span });
    else for (const part of plain.matchAll(TOKEN)) found.push({ text: part[0], ...span });
  }
  return found;
}

/**
 * Tokens of a caption, at most `limit` of them.
 * @throws UserError when the caption holds no word, number or emoji.
 */
export function tokenize(caption: string, limit: number = MAX_TOKENS): Tokenized {
  const all = scanTokens(caption);
  if (all.length === 0) {
    const shown = JSON.stringify(caption.length > 40 ? `${caption.slice(0, 40)}...` : caption);
    throw new UserError(`tokenize(): sentence is empty, got ${shown}; write at least one word`);
  }
  const spans = all.slice(0, limit);
  return { tokens: spans.map((t) => t.text), spans, dropped: all.length - spans.length };
}

// "right" that is no direction ("right next to", "right now"), "left" that is a verb ("left over")
const NOT_RIGHT =
  /^\s+(?:next|behind|after|before|now|away|in\s+(?:front|the\s+middle|between)|inside|up|down|beside|outside|near|by|above|below|beneath|under|underneath|over|out|off|through|at|there|here|into|on\s+top|against|along|across|past|angles?)\b/i;
const NOT_LEFT =
  /^\s+(?:over|overs|alone|open|unattended|uneaten|for|without|sitting|standing|lying|laying|running|hanging|plugged|on\s+an?)\b/i;
const VERB = /\b(?:have|has|had|was|were|been|being|be|they|thing|somebody|someone|slice|piece)\s+$/i;
const ARTICLE =
  /\b(?:the|to|its|his|her|their|your|my|far|upper|lower|top|bottom|extreme|left|right)(?:\s+(?:and|or))?\s+$/i;

/** A word of direction and its mirror image, letter case kept; longer words ("left-hand", "rightmost") by their beginning. */
const SIDE = /\b(left|right)(?=(?:most|ward|wards|hand|handed|side)?\b)/gi;

/**
 * The caption of the mirrored picture: left and right swapped where they mean a side. For horizontal flips in training.
 * Its own inverse.
 */
export function mirrorCaption(caption: string): string {
  return caption.replace(SIDE, (word: string, _side: string, at: number) => {
    const before = caption.slice(Math.max(0, at - 24), at);
    const after = caption.slice(at + word.length, at + word.length + 24);
    // the idioms of both words, so that mirroring twice gives the caption back
    if (!ARTICLE.test(before) && (VERB.test(before) || NOT_RIGHT.test(after) || NOT_LEFT.test(after))) return word;
    const other = word.length === 5 ? "left" : "right";
    if (word === word.toUpperCase()) return other.toUpperCase();
    return word[0] === word[0].toUpperCase() ? other[0].toUpperCase() + other.slice(1) : other;
  });
}
