/** What a sentence says, as a value: things, relations, place; and the vocabulary that it is read with. @module */

/** A category and its other names. A vocabulary is data and belongs to a model. */
export interface VocabularyCategory {
  readonly name: string;
  /** Other words for it, singular; those that are plurals or groups by themselves ("people") are found by their form. */
  readonly synonyms?: readonly string[];
  /** Plural of the name where it is irregular. */
  readonly plural?: string;
  /** Words that mean it only beside others: "bat" where "baseball" or "player" is said as well. */
  readonly senses?: readonly { readonly words: readonly string[]; readonly near: readonly string[] }[];
}

export interface Vocabulary {
  readonly categories: readonly VocabularyCategory[];
  /** Compounds that hold a category's word and name something else: "bus stop". */
  readonly except?: readonly string[];
}

/** At least and at most so many; equal where the sentence says a number. */
export type Range = readonly [least: number, most: number];

/** Something that the sentence speaks of, one or several of a kind. */
export interface Thing {
  /** Words of the sentence: "two red buses". */
  readonly phrase: string;
  /** UTF-16 code units of the sentence, end exclusive, one pair for each phrase that speaks of it. */
  readonly span: readonly [start: number, end: number];
  /** The noun alone, singular where it is regular: "bus". */
  readonly noun: string;
  /** Category of the vocabulary, or null: nothing there has this name. */
  readonly category: string | null;
  readonly range: Range;
  /** The number, where the sentence says one. */
  readonly count?: number;
  /** Base colours ("red" for "crimson"), in order. */
  readonly colours: readonly string[];
  /** Other words that describe it: sizes, materials, poses ("sleeping"). */
  readonly attributes: readonly string[];
  /** The sentence says that it is not there. */
  readonly negated: boolean;
  readonly plural: boolean;
}

/** Between things, or of a thing to the picture ("at left": on the left; no objects). */
export const RELATION_KINDS = [
  "left",
  "right",
  "above",
  "under",
  "on",
  "in",
  "beside",
  "behind",
  "front",
  "between",
  "around",
  "far",
  "riding",
  "holding",
  "wearing",
  "with",
  "bigger",
  "smaller",
  "same",
  "at-left",
  "at-right",
  "at-top",
  "at-bottom",
  "at-centre",
  "at-back",
  "at-front",
] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

export interface ThingRelation {
  readonly kind: RelationKind;
  /** Index of a thing. */
  readonly subject: number;
  /** Indices of things: none for a place in the picture, two or more for "between", else one. */
  readonly objects: readonly number[];
  /** "a dog that is not on the couch". */
  readonly negated?: true;
}

export interface Understanding {
  readonly sentence: string;
  readonly things: readonly Thing[];
  readonly relations: readonly ThingRelation[];
  readonly place: string | null;
  readonly time: string | null;
  readonly weather: string | null;
  /** Nothing else is to be seen: "only a chair", "an empty street". */
  readonly only: boolean;
  /** Words that change nothing. */
  readonly ignored: readonly string[];
  /** Nouns without a category, and the nearest categories where word vectors were given. */
  readonly undrawable: readonly { readonly word: string; readonly nearest: readonly string[] }[];
}
