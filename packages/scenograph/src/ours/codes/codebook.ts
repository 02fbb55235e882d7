/** Codes of each category: vectors that k-means found, which training leaves as they are [ours]. @module */
import type { Params } from "@scenograph/graph/nn/params";
import { mul } from "@scenograph/graph/ops/elementwise";
import { gather, oneHot } from "@scenograph/graph/ops/gather";
import { sum } from "@scenograph/graph/ops/reduce";
import { reshape } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";

export interface CodebookSize {
  readonly classes: number;
  /** K: codes of each category. */
  readonly codes: number;
  /** Z: numbers of a code. */
  readonly width: number;
}

/** The parameter "codebook" [classes * K, Z]: code vectors of objects' own categories, [M, K, Z]. */
export function ownCodes(p: Params, { classes, codes, width }: CodebookSize, labels: Tensor): Tensor {
  const book = p.get("codebook", [classes * codes, width], { kind: "normal", std: 0.5 });
  return reshape(gather(reshape(book, [classes, codes * width]), labels), [labels.shape[0], codes, width]);
}

/** Vectors [M, Z] of codes int64 [M], each of its own category's. */
export function vectorsOf(p: Params, size: CodebookSize, labels: Tensor, codes: Tensor): Tensor {
  const chosen = reshape(oneHot(codes, size.codes), [labels.shape[0], size.codes, 1]);
  return sum(mul(ownCodes(p, size, labels), chosen), 1);
}
