/**
 * The little dense linear algebra of the Frechet distance, in float64 on row-major arrays: products, the Cholesky factor
 * of a semidefinite matrix, and the eigenvalues of a symmetric one. 1280 x 1280 takes a few seconds on one core.
 * @module
 */

/**
 * a b^T for a [m, n] and b [p, n], [m, p].
 * @param shape.symmetric the product is symmetric (m = p): only half is computed, both halves are filled
 * @param shape.upper a is upper triangular (a[i][k] = 0 for k < i): skips the zeros
 */
export function multiplyTransposed(
  a: Float64Array,
  m: number,
  b: Float64Array,
  p: number,
  n: number,
  shape: { symmetric?: boolean; upper?: boolean } = {},
): Float64Array {
  const out = new Float64Array(m * p);
  // 2 x 2 blocks: each loaded number is used twice
  for (let i = 0; i < m; i += 2) {
    const [a0, a1] = [i * n, Math.min(i + 1, m - 1) * n];
    const from = shape.upper ? i : 0;
    for (let j = shape.symmetric ? i : 0; j < p; j += 2) {
      const [b0, b1] = [j * n, Math.min(j + 1, p - 1) * n];
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = from; k < n; k++) {
        const x0 = a[a0 + k];
        const x1 = a[a1 + k];
        const y0 = b[b0 + k];
        const y1 = b[b1 + k];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      out[i * p + j] = s00;
      if (j + 1 < p) out[i * p + j + 1] = s01;
      if (i + 1 < m) out[(i + 1) * p + j] = s10;
      if (i + 1 < m && j + 1 < p) out[(i + 1) * p + j + 1] = s11;
    }
  }
  if (shape.symmetric) for (let i = 0; i < m; i++) for (let j = 0; j < i; j++) out[i * p + j] = out[j * p + i];
  return out;
}

/** The transpose of a [m, n], [n, m]. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j];
  return out;
}

/**
 * Lower L with L L^T = a for a symmetric positive semidefinite a [n, n]. A pivot that is 0 up to rounding gives a zero
 * column, which is exact for a semidefinite matrix.
 */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]);
  const tiny = n * Number.EPSILON * largest;
  const inverse = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= l[row + k] * l[other + k];
      if (j < i) l[row + j] = sum * inverse[j];
      else if (sum > tiny) {
        l[row + i] = Math.sqrt(sum);
        inverse[i] = 1 / l[row + i];
      }
    }
  }
  return l;
}

/**
 * The eigenvalues of a symmetric matrix [n, n] (its lower half is read), in no particular order: Householder
 * tridiagonalisation, then the QL algorithm with implicit shifts (Wilkinson & Reinsch, Handbook for Automatic
 * Computation II, contributions 2 and 4). About 4/3 n^3 operations.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, offDiagonal } = tridiagonalise(Float64Array.from(matrix), n);
  implicitQl(diagonal, offDiagonal);
  return diagonal;
}

/** Overwrites `a`. offDiagonal[i] couples i and i + 1; the last one is 0. */
function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const u = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    diagonal[i] = a[i * n + i];
    if (i === 0) break;
    const row = i * n;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(a[row + k]);
    if (i === 1 || scale === 0) {
      offDiagonal[i - 1] = a[row + i - 1];
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      u[k] = a[row + k] / scale;
      h += u[k] * u[k];
    }
    const g = u[i - 1] >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    offDiagonal[i - 1] = scale * g;
    h -= u[i - 1] * g;
    u[i - 1] -= g;
    // p = A u / h from the lower half
    p.fill(0, 0, i);
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      const uj = u[j];
      let sum = a[rowJ + j] * uj;
      for (let k = 0; k < j; k++) {
        sum += a[rowJ + k] * u[k];
        p[k] += a[rowJ + k] * uj;
      }
      p[j] += sum;
    }
    let up = 0;
    for (let k = 0; k < i; k++) {
      p[k] /= h;
      up += u[k] * p[k];
    }
    const half = up / (2 * h);
    for (let k = 0; k < i; k++) p[k] -= half * u[k];
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      const uj = u[j];
      const pj = p[j];
      for (let k = 0; k <= j; k++) a[rowJ + k] -= uj * p[k] + pj * u[k];
    }
  }
  return { diagonal, offDiagonal };
}

/** Eigenvalues of a tridiagonal matrix into `d`; `e` is destroyed. */
function implicitQl(d: Float64Array, e: Float64Array): void {
  const n = d.length;
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      // about 1.7 sweeps an eigenvalue are usual; numbers that are not finite would never end
      if (iteration === 200)
        throw new RangeError("symmetricEigenvalues(): the matrix must be finite, got no convergence");
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}
