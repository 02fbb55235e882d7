/** What a format of another program is, and what goes in and comes out. Runs in a browser. @module */
import type { Categories } from "../scene/categories.ts";
import type { Picture, Scene } from "../scene/scene.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The order of four numbers that stand for a box; w and h are width and height, x and y of the second pair the far corner. */
export const ORDERS = ["xywh", "xyxy", "yxyx", "yxhw"] as const;
export type Order = (typeof ORDERS)[number];

/** What one unit of a coordinate is: a pixel, the whole side, or a thousandth of it. */
export const UNITS = ["pixels", "fractions", "thousandths"] as const;
export type Unit = (typeof UNITS)[number];

export interface StyleDescription {
  /** Words about camera and lens, for a photograph; or `artStyle`, one of the two. */
  readonly photo?: string;
  readonly artStyle?: string;
  readonly aesthetics?: string;
  readonly lighting?: string;
  readonly medium?: string;
  /** "#rrggbb", at most 16. */
  readonly palette?: readonly string[];
}

/** A format reads of these what it has a place for. */
export interface ExportOptions {
  /** Pixels of what is written; one side alone keeps the scene's aspect. Default: what the format's users expect. */
  readonly width?: number;
  readonly height?: number;
  /** The scene drawn; layers are cut from it. Any size. */
  readonly picture?: Picture;
  /** Where it is: "beach", "a snowy street"; default: what the caption says. "" for nowhere. */
  readonly place?: string;
  /** What the background shows, in words. Default: the place's, else the caption. */
  readonly background?: string;
  /** What should not be seen. */
  readonly negative?: string;
  readonly style?: StyleDescription;
  /** Begins the names of files. Default "scene". */
  readonly name?: string;
  /** What the scene's labels are, for the sentence's words on them. Default: COCO's. */
  readonly categories?: Categories;
  /** Names of models on the user's own server. */
  readonly checkpoint?: string;
  readonly gligenModel?: string;
  readonly steps?: number;
  readonly guidance?: number;
}

export interface ExportedFile {
  /** Relative; "/" between folders. */
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

export interface Exported {
  readonly format: string;
  /** The first is the one that counts. */
  readonly files: readonly ExportedFile[];
  /** What was left out or changed on the way, one sentence each. */
  readonly notes: readonly string[];
}

export interface ImportOptions {
  /** Of boxes that are bare numbers; asked for where the format does not define it. */
  readonly order?: Order;
  readonly units?: Unit;
  /** Canvas in pixels that the boxes were measured on; asked for where the file does not say it. */
  readonly width?: number;
  readonly height?: number;
  /** Default: the file's, else "". */
  readonly caption?: string;
  /** What labels may be: those of the model that goes on with the scene. Default: COCO's. */
  readonly categories?: Categories;
}

export interface Imported {
  readonly scene: Scene;
  readonly format: string;
  /** What was mended, left out, or needs a look: labels that no category has. */
  readonly notes: readonly string[];
}

/** What a format makes of a scene: the text, or the bytes, or several files. */
export type Written =
  | string
  | Uint8Array
  | readonly { readonly name: string; readonly mime: string; readonly data: string | Uint8Array }[];

export interface Format {
  /** Of `--format`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Of the main file, without a dot. */
  readonly extension: string;
  readonly mime: string;
  readonly binary: boolean;
  /** What it shows at its best; a scene that has less is written all the same. */
  readonly wants: "boxes" | "masks" | "picture";
  /** Where a person puts it, one line. */
  readonly use: string;
  readonly write?: (scene: Scene, options: ExportOptions, notes: string[]) => Written | Promise<Written>;
  /** Text or bytes -> a scene. @throws FormatError where it is not this format */
  readonly read?: (input: string | Uint8Array, options: ImportOptions, notes: string[]) => Scene;
  /** Whether the input looks like this format; the first that does is taken. */
  readonly detect?: (input: Sniffed) => boolean;
}

/** An input as far as it could be read without knowing its format. */
export interface Sniffed {
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** JSON values found in the text, the longest first. */
  readonly values: readonly unknown[];
}
