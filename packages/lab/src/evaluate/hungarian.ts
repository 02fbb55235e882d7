/**
 * The assignment problem (Hungarian method, Kuhn 1955; shortest augmenting paths with potentials, O(n^2 m)).
 * @module
 */

/**
 * The pairs (row, column) that maximise the sum of `value[row][column]`; each row and column is used at most once and
 * min(rows, columns) pairs are made. Values are finite; rows are equally long.
 * @returns the column of each row, or -1 for a row that is left over
 */
export function assign(value: readonly (readonly number[])[]): number[] {
  const rows = value.length;
  const columns = value[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return new Array<number>(rows).fill(-1);
  if (rows > columns) {
    const flipped = assign(value[0].map((_, c) => value.map((row) => row[c])));
    const out = new Array<number>(rows).fill(-1);
    flipped.forEach((row, column) => {
      out[row] = column;
    });
    return out;
  }

  // 1-based with a virtual column 0; costs are negated values
  const u = new Float64Array(rows + 1);
  const v = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const from = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Float64Array(columns + 1).fill(Infinity);
    const used = new Uint8Array(columns + 1);
    do {
      used[column] = 1;
      const r = rowOf[column];
      let least = Infinity;
      let next = 0;
      for (let c = 1; c <= columns; c++) {
        if (used[c]) continue;
        const reduced = -value[r - 1][c - 1] - u[r] - v[c];
        if (reduced < slack[c]) {
          slack[c] = reduced;
          from[c] = column;
        }
        if (slack[c] < least) {
          least = slack[c];
          next = c;
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (used[c]) {
          u[rowOf[c]] += least;
          v[c] -= least;
        } else slack[c] -= least;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[from[column]];
      column = from[column];
    }
  }
  const out = new Array<number>(rows).fill(-1);
  for (let c = 1; c <= columns; c++) if (rowOf[c] > 0) out[rowOf[c] - 1] = c - 1;
  return out;
}
