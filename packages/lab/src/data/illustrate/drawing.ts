/** A small SVG drawing. @module */

export interface Drawing {
  /** View box `0 0 width height`. */
  readonly width: number;
  readonly height: number;
  /** SVG elements; colours are 6-digit hex so that `recolour` can find them. */
  readonly body: string;
}
