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
