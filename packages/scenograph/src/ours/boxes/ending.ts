/**
 * Where a layout ends. A bias on the end label sets the mean number of objects (chosen on validation: without it layouts have one
 * too few); with `endSpread` the number is drawn by itself, for at a low temperature the end is drawn too seldom where it is
 * likelier to go on.
 * @module
 */
import { stream } from "@scenograph/graph/random";
import { z } from "zod";
import type { Decoding } from "../../paper/boxes/seams.ts";

export const endingSettings = {
  /** Added to the logit of the end label when sampling. */
  endBias: z.number().default(0),
  /** The number of objects is a quantile of its distribution within this spread about the median, 1 = any; null: drawn as a label. */
  endSpread: z.number().min(0).max(1).nullable().default(null),
};

export function ending(settings: { endBias: number; endSpread: number | null }): Pick<Decoding, "logits" | "length"> {
  const { endBias, endSpread } = settings;
  return {
    ...(endBias !== 0 && {
      logits: (raw) => Float64Array.from(raw, (v, i) => (i === raw.length - 1 ? v + endBias : v)),
    }),
    ...(endSpread !== null && { length: (seed, given, t) => lengthOf(seed, given, t === 0 ? 0 : endSpread) }),
  };
}

/**
 * The length is the quantile of its distribution that the seed drew, from 1/2 - spread/2 to 1/2 + spread/2: with spread 1 each end
 * has its probability, with 0 the length is the median.
 */
function lengthOf(seed: number, given: number, spread: number): (end: number, t: number) => boolean {
  let quantile = 0.5 + spread * (stream(seed, "length").uniform() - 0.5);
  // probability that the layout is at least this long
  let survival = 1;
  return (end, t) => {
    // longer already, by what was given: the same quantile of what may follow
    if (t === given && survival < quantile) quantile *= survival;
    survival *= 1 - end;
    return survival < quantile;
  };
}
