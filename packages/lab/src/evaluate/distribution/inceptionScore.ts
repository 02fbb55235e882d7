/**
 * Inception score (Salimans et al., NIPS 2016) of class probabilities p(y|x), one row a picture.
 *
 *   split i = rows floor(i N / splits) .. floor((i+1) N / splits) - 1, in the order given
 *   score of a split = exp(mean over its rows of sum_y p(y|x) (ln p(y|x) - ln p(y))),  p(y) = mean of its rows
 *
 * Reported: mean and population standard deviation over the splits. 0 log 0 = 0 (the reference program gives NaN there).
 * The order of the rows and the number of pictures change the score: name both. Only with the original Inception network
 * is it comparable with published figures.
 * Agrees with improved-gan's inception_score/model.py within 1e-9 * max(1, value) (test/fixtures/distribution-metrics.json).
 * @module
 */
import { UserError } from "@scenograph/graph/errors";
import type { Interval } from "../bootstrap.ts";
import type { Features } from "./features.ts";
import { jackknifeVariance, normalInterval } from "./jackknife.ts";

export interface InceptionScore {
  /** between 1 and the number of classes */
  mean: number;
  std: number;
  perSplit: number[];
}

/**
 * @param probabilities rows of non-negative numbers that sum to 1 within 1e-3, used as given
 * @throws UserError for rows that are no probabilities or more splits than rows
 */
export function inceptionScore(probabilities: Features, splits = 10): InceptionScore {
  const perSplit = splitSums(probabilities, splits).map(({ rows, information, sums }) =>
    Math.exp(information / rows + entropyOfMean(sums, rows)),
  );
  const mean = perSplit.reduce((sum, v) => sum + v, 0) / splits;
  const std = Math.sqrt(perSplit.reduce((sum, v) => sum + (v - mean) ** 2, 0) / splits);
  return { mean, std, perSplit };
}

/** The mean over splits with a 95 % jackknife interval over pictures. Needs at least 2 rows a split. */
export function inceptionScoreInterval(probabilities: Features, splits = 10): Interval {
  const { count, width, data } = probabilities;
  const { mean } = inceptionScore(probabilities, splits);
  if (count < 2 * splits)
    throw new UserError(`inceptionScoreInterval(): 2 pictures a split are needed, got ${count} for ${splits} splits`);
  let variance = 0;
  for (const { start, rows, information, sums } of splitSums(probabilities, splits)) {
    const leftOut = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const at = (start + i) * width;
      const rest = sums.map((sum, k) => sum - data[at + k]);
      leftOut[i] = Math.exp(
        (information - negativeEntropy(data, at, width)) / (rows - 1) + entropyOfMean(rest, rows - 1),
      );
    }
    // the score is the mean of independent splits
    variance += jackknifeVariance(leftOut) / splits ** 2;
  }
  return normalInterval(mean, variance, count);
}

/** What a split's score needs: its sum of p ln p, and the class sums. */
function splitSums(probabilities: Features, splits: number) {
  const { count, width, data } = probabilities;
  if (!Number.isInteger(splits) || splits < 1 || splits > count)
    throw new UserError(`inceptionScore(): splits is 1 to the number of pictures (${count}), got ${splits}`);
  for (let i = 0; i < count; i++) {
    let total = 0;
    for (let k = 0; k < width; k++) {
      const p = data[i * width + k];
      if (!(p >= 0)) throw new UserError(`inceptionScore(): probabilities are 0 or more, got ${p} in row ${i}`);
      total += p;
    }
    if (!(Math.abs(total - 1) <= 1e-3))
      throw new UserError(`inceptionScore(): a row sums to 1, got ${total} in row ${i}; apply softmax first`);
  }
  return Array.from({ length: splits }, (_, s) => {
    const start = Math.floor((s * count) / splits);
    const rows = Math.floor(((s + 1) * count) / splits) - start;
    const sums = new Float64Array(width);
    let information = 0;
    for (let i = start; i < start + rows; i++) {
      information += negativeEntropy(data, i * width, width);
      for (let k = 0; k < width; k++) sums[k] += data[i * width + k];
    }
    return { start, rows, information, sums };
  });
}

/** sum p ln p of one row */
function negativeEntropy(data: ArrayLike<number>, at: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) {
    const p = data[at + k];
    if (p > 0) sum += p * Math.log(p);
  }
  return sum;
}

/** - sum p(y) ln p(y), which equals minus the mean over rows of sum_y p(y|x) ln p(y) */
function entropyOfMean(sums: Float64Array, rows: number): number {
  let entropy = 0;
  for (const sum of sums) if (sum > 0) entropy -= (sum / rows) * Math.log(sum / rows);
  return entropy;
}
