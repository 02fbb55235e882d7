/** What a sentence is taken apart into: noun phrases and the words between them. @module */
import type { Verb } from "./lexicon.ts";
import type { Range, RelationKind } from "./types.ts";

/** A noun phrase as it stands; `from`, `to` are words. */
export interface NounPhrase {
  readonly t: "np";
  readonly from: number;
  readonly to: number;
  readonly noun: string;
  readonly category: string | null;
  readonly range: Range;
  /** The number was said. */
  readonly counted: boolean;
  readonly plural: boolean;
  readonly definite: boolean;
  /** "another", "a second": not the one that was spoken of. */
  readonly other: boolean;
  readonly determined: boolean;
  readonly colours: readonly string[];
  readonly attributes: readonly string[];
  /** "a bowl of apples": the apples. */
  readonly of?: NounPhrase;
}

export type Item =
  | NounPhrase
  | { readonly t: "place" | "time" | "weather"; readonly text: string; readonly at: number }
  | { readonly t: "prep"; readonly kind: RelationKind; readonly text: string; readonly at: number }
  | { readonly t: "pos"; readonly kinds: readonly RelationKind[]; readonly at: number }
  | { readonly t: "own"; readonly kind: RelationKind | "other"; readonly at: number }
  | { readonly t: "sym"; readonly kind: RelationKind; readonly at: number }
  | {
      readonly t: "verb";
      readonly verb: Verb;
      readonly passive: boolean;
      readonly finite: boolean;
      readonly at: number;
    }
  | { readonly t: "describe"; readonly colour?: string; readonly attribute?: string; readonly at: number }
  | { readonly t: "cop"; readonly plural: boolean; readonly there: boolean; readonly at: number }
  | { readonly t: "row"; readonly reversed: boolean; readonly at: number }
  | { readonly t: "flank"; readonly own: boolean; readonly at: number }
  | { readonly t: "neg"; readonly text: string; readonly at: number }
  | { readonly t: "pron"; readonly text: string; readonly at: number }
  | {
      readonly t: "conj" | "or" | "relative" | "only" | "absent" | "each" | "comma" | "stop" | "nothing";
      readonly at: number;
    };
