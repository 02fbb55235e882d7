/** What a server says of a dataset, and a page that shows it reads. @module */
import type { Box, Mask } from "./scene.ts";

export interface DatasetIndex {
  readonly name: string;
  readonly splits: readonly string[];
}

export interface DatasetSplit {
  readonly name: string;
  readonly pictures: number;
  readonly objects: number;
  readonly captions: number;
  /** Categories that occur, by how many pictures have one; the most frequent first. */
  readonly categories: readonly { readonly name: string; readonly pictures: number }[];
}

export interface DatasetObject {
  readonly id: number;
  readonly label: string;
  readonly box: Box;
  readonly mask?: Mask;
}

export interface DatasetItem {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly captions: readonly string[];
  readonly objects: readonly DatasetObject[];
  /** Whether the folder has its pixels. */
  readonly picture: boolean;
  /** Only some of its objects are listed. */
  readonly partial: boolean;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface DatasetPage {
  /** Pictures that fit the question, on all pages. */
  readonly total: number;
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly items: readonly DatasetItem[];
}

export interface DatasetQuestion {
  readonly category?: string;
  /** Beginnings of words; one caption has them all. */
  readonly words?: string;
  /** From 0; past the end it is the last. */
  readonly page?: number;
}
