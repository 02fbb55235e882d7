/** What a call of the library answers: a scene with its picture, and ways to take it elsewhere. @module */
import { UserError } from "@scenograph/graph/errors";
import { writePng } from "../formats/pngWrite.ts";
import { exportScene } from "../interchange/index.ts";
import type { Exported, ExportOptions } from "../interchange/types.ts";
import type { Generated } from "../pipeline.ts";
import type { Categories } from "../scene/categories.ts";
import { sceneToPng } from "../scene/png.ts";
import type { Picture, Scene, SceneObject } from "../scene/scene.ts";

export class Drawn {
  readonly scene: Scene;
  /** RGB; undefined where `to` was an earlier stage. */
  readonly picture: Picture | undefined;
  /** One entry for each word of the sentence; `known` is false for words that the model has never seen. */
  readonly words: readonly { readonly text: string; readonly known: boolean }[];
  /** What was mended in what was given, one sentence each. */
  readonly notes: readonly string[];

  readonly #categories: Categories;

  constructor({ scene, picture, sentence }: Generated, notes: readonly string[], categories: Categories) {
    this.#categories = categories;
    this.scene = scene;
    this.picture = picture;
    this.words = sentence.words;
    this.notes = notes;
  }

  get caption(): string {
    return this.scene.caption;
  }

  get seed(): number {
    return this.scene.seed;
  }

  /** In drawing order: `{ id, label, box: [x, y, w, h], mask?, score? }`, boxes in fractions of the picture. */
  get objects(): readonly SceneObject[] {
    return this.scene.objects;
  }

  /**
   * The picture as a PNG file with the scene inside: it opens again in the studio and by `sceneFromPng`.
   * @throws UserError where there is no picture
   */
  async toPng(): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.picture) throw new UserError('toPng(): there is no picture; draw it to "image"');
    const file = sceneToPng(await writePng({ ...this.picture, channels: 3 }), this.scene);
    return new Uint8Array(file);
  }

  /**
   * The scene in another program's format, for example "ideogram": files (`exportedText` reads the first as text) and notes on what
   * the format has no place for. The picture comes along where there is one.
   * @throws UserError for an unknown format, naming those there are
   */
  to(format: string, options: ExportOptions = {}): Promise<Exported> {
    const { picture } = this;
    return exportScene(this.scene, format, { categories: this.#categories, ...(picture && { picture }), ...options });
  }

  /** The same as `to`. */
  layout(format: string, options: ExportOptions = {}): Promise<Exported> {
    return this.to(format, options);
  }

  /** A scene file. */
  toJSON(): Scene {
    return this.scene;
  }
}
