/** The next object's distribution given a sentence and the objects so far: what the studio draws as a heat map. @module */
import { type Mixture, mixtureLogDensity } from "@scenograph/graph/nn/mixture";
import type { BoxStatistics } from "./codec.ts";
import type { CentreComponent } from "./components.ts";

export interface NextBox {
  /** p(l), L + 1 entries, the last is the end. */
  readonly labels: Float64Array;
  /** Density of the centre over the picture for one label, rows x columns, normalised to sum 1. */
  readonly density: Float32Array;
  /** The mixture of the centre for that label, the heaviest component first. */
  readonly components: readonly CentreComponent[];
}

export interface NextGrid {
  readonly rows: number;
  readonly columns: number;
  readonly temperature?: number;
}

export function densityMap(mixture: Mixture, { rows, columns }: NextGrid, { mean, std }: BoxStatistics): Float32Array {
  const out = new Float32Array(rows * columns);
  let total = 0;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const x = ((c + 0.5) / columns - mean[0]) / std[0];
      const y = ((r + 0.5) / rows - mean[1]) / std[1];
      const d = Math.exp(mixtureLogDensity(mixture, x, y));
      out[r * columns + c] = d;
      total += d;
    }
  return out.map((d) => d / total);
}
