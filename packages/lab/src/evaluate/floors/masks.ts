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
  /** The masks of the class whose boxes have the nearest aspects, the nearest first: copies. At most `count`, where there are so many. */
  nearestAspects(classIndex: number, aspect: number, count: number): Uint8Array[];
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
    nearestAspects(classIndex, aspect, count) {
      const distance = (m: KnownMask) => Math.abs(Math.log(m.aspect / aspect));
      return of(classIndex)
        .map((mask) => ({ mask, d: distance(mask) }))
        .sort((a, b) => a.d - b.d)
        .slice(0, count)
        .map(({ mask }) => mask.canvas);
    },
  };
}

/**
 * As many draws of a floor as the model has: its masks in turn, and each but the first mirrored by a coin, as the model's are.
 * A floor of one draw against five would lose "best of 5" by its rules.
 */
export function drawsOf(masks: readonly Uint8Array[], count: number, coin: (k: number) => boolean): Uint8Array[] {
  return Array.from({ length: count }, (_, k) => {
    const mask = masks[k % masks.length];
    return k > 0 && coin(k) ? mirrored(mask) : mask;
  });
}

function mirrored(canvas: Uint8Array): Uint8Array {
  return canvas.map((_, i) => canvas[i - (i % MASK_CANVAS) + MASK_CANVAS - 1 - (i % MASK_CANVAS)]);
}

function majority(masks: readonly KnownMask[]): Uint8Array {
  const counts = new Uint32Array(MASK_CANVAS ** 2);
  for (const { canvas } of masks) for (let i = 0; i < counts.length; i++) counts[i] += canvas[i];
  return Uint8Array.from(counts, (n) => (2 * n >= masks.length ? 1 : 0));
}
