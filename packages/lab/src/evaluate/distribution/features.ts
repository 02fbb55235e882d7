/**
 * Feature sets (one row a picture) and the sums over them that the distribution metrics need.
 * @module
 */
import { UserError } from "@scenograph/graph/errors";

/** `count` rows of `width` numbers, row after row in `data`. */
export interface Features {
  count: number;
  width: number;
  data: ArrayLike<number>;
}

/** Features from a list of rows of equal length. */
export function featuresFromRows(rows: readonly ArrayLike<number>[]): Features {
  const width = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    if (row.length !== width)
      throw new UserError(`featuresFromRows(): rows have one length, got ${width} and ${row.length} (row ${i})`);
    data.set(Array.from(row), i * width);
  });
  return { count: rows.length, width, data };
}

/** The rows with the given numbers, in that order. */
export function selectRows(features: Features, rows: readonly number[]): Features {
  const { width, data } = features;
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let k = 0; k < width; k++) out[i * width + k] = data[row * width + k];
  });
  return { count: rows.length, width, data: out };
}

/** Both sets have the same positive width, at least `minimum` rows each and only finite numbers. */
export function checkPair(what: string, a: Features, b: Features, minimum: number): void {
  if (a.width !== b.width || a.width < 1)
    throw new UserError(
      `${what}(): both sets come from the same network, got widths ${a.width} and ${b.width}; compute both again with one judge`,
    );
  for (const { count, data } of [a, b]) {
    if (count < minimum) throw new UserError(`${what}(): at least ${minimum} pictures a set are needed, got ${count}`);
    if (data.length !== count * a.width)
      throw new UserError(`${what}(): ${count} rows of ${a.width} numbers are needed, got ${data.length} numbers`);
    for (let i = 0; i < data.length; i++)
      if (!Number.isFinite(data[i]))
        throw new UserError(`${what}(): features are finite, got ${data[i]} in row ${Math.floor(i / a.width)}`);
  }
}

/** Mean of the rows, [width]. */
export function mean({ count, width, data }: Features): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < count; i++) for (let k = 0; k < width; k++) out[k] += data[i * width + k];
  return out.map((sum) => sum / count);
}

/** The rows less their mean, divided by sqrt(count - 1): the covariance is its transpose times itself. [count * width] */
export function centred(features: Features): Float64Array {
  const { count, width, data } = features;
  const m = mean(features);
  const scale = 1 / Math.sqrt(count - 1);
  const out = new Float64Array(count * width);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < width; k++) out[i * width + k] = (data[i * width + k] - m[k]) * scale;
  return out;
}
