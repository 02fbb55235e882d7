/** How fast a measured quantity grows. @module */

/** In percent of the mean for each unit of x. */
export interface Growth {
  readonly percent: number;
  /** Standard error of `percent`, from the residuals as if they were independent. */
  readonly error: number;
}

/** The least-squares line through (x, y), its slope over the mean of y. Three points or more, x not all equal. */
export function growthOf(x: readonly number[], y: readonly number[]): Growth {
  const n = x.length;
  const mean = (v: readonly number[]) => v.reduce((sum, a) => sum + a, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, a) => sum + (a - mx) ** 2, 0);
  const slope = x.reduce((sum, a, i) => sum + (a - mx) * (y[i] - my), 0) / sxx;
  const residual = y.reduce((sum, b, i) => sum + (b - my - slope * (x[i] - mx)) ** 2, 0);
  const error = Math.sqrt(residual / (n - 2) / sxx);
  const percent = (v: number) => Math.round((10_000 * v) / my) / 100;
  return { percent: percent(slope), error: percent(error) };
}
