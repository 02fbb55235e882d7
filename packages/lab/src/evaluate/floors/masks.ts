/** Masks without a network: the mean mask of a class, and the training mask of the nearest aspect. @module */
import { MASK_CANVAS } from "../masks.ts";

export interface KnownMask {
  readonly classIndex: number;
  /** Width / height of the box, in the picture's own pixels. */
  readonly aspect: number;
  /** Stretched in its box, 64 x 64. */
  readonly canvas: Uint8Array;
}

export interface MaskFloors {
  /** Pixels that at least half of the class's masks hold; of all masks for a class that none has. */
  meanMask(classIndex: number): Uint8Array;
  /** The mask of the class whose box has the nearest aspect: a copy. */
  nearestAspect(classIndex: number, aspect: number): Uint8Array;
}

/** `known` is not empty. */
export function maskFloors(known: readonly KnownMask[]): MaskFloors {
  const byClass = new Map<number, KnownMask[]>();
  for (const mask of known) {
    const list = byClass.get(mask.classIndex);
    if (list) list.push(mask);
    else byClass.set(mask.classIndex, [mask]);
  }
  const of = (classIndex: number) => byClass.get(classIndex) ?? known;
  const means = new Map<number, Uint8Array>();
  return {
    meanMask(classIndex) {
      const key = byClass.has(classIndex) ? classIndex : -1;
      let mean = means.get(key);
      if (!mean) {
        mean = majority(of(classIndex));
        means.set(key, mean);
      }
      return mean;
    },
    nearestAspect(classIndex, aspect) {
      const distance = (m: KnownMask) => Math.abs(Math.log(m.aspect / aspect));
      return of(classIndex).reduce((a, b) => (distance(b) < distance(a) ? b : a)).canvas;
    },
  };
}

function majority(masks: readonly KnownMask[]): Uint8Array {
  const counts = new Uint32Array(MASK_CANVAS ** 2);
  for (const { canvas } of masks) for (let i = 0; i < counts.length; i++) counts[i] += canvas[i];
  return Uint8Array.from(counts, (n) => (2 * n >= masks.length ? 1 : 0));
}
