/** What a request may ask for. Checked before anything is allocated; part of the OpenAPI document. @module */

export const API_LIMITS = {
  /** Bytes of a request's body. */
  bodyBytes: 2 ** 20,
  /** Nesting of a body, and fields of each of its objects. */
  depth: 32,
  fields: 256,
  captionCharacters: 4000,
  /** Objects of a scene, fixed or inferred. */
  objects: 32,
  /** Sides of a mask, in pixels. */
  maskSide: 1024,
  /** Sides of a picture, in pixels. */
  minSide: 8,
  maxSide: 2048,
  /** Pixels of all pictures of one request together. */
  pixels: 2 ** 24,
  /** Pictures of one synchronous request. */
  pictures: 16,
  /** Pictures of a job. */
  jobPictures: 1000,
  /** Rows and columns of a density map. */
  grid: 256,
  seed: 4_294_967_295,
  temperature: 2,
} as const;
