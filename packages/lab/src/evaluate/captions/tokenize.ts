/**
 * The two tokenisers that caption scores are reported with; always name the one that was used.
 * @module
 */
import { tokenizePtb } from "./ptb.ts";

export type TokenizerName = "words" | "ptb";
export const TOKENIZERS: readonly TokenizerName[] = ["words", "ptb"];

/** What a protocol line says of each tokeniser. */
export const TOKENIZER_PROTOCOL: Record<TokenizerName, string> = {
  words: "words: lower-cased /[a-z0-9]+/g",
  ptb: "ptb: Penn Treebank tokenisation by its guidelines (not Stanford's program), lower-cased, coco-caption's punctuation removed",
};

/** The matches of /[a-z0-9]+/g in the lower-cased text; "café" gives "caf". */
export function tokenizeWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** Tokens of a caption, lower-cased. */
export function tokenize(text: string, tokenizer: TokenizerName): string[] {
  return tokenizer === "ptb" ? tokenizePtb(text) : tokenizeWords(text);
}
