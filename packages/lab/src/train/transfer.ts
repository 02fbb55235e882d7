/**
 * Weights of one vocabulary as a beginning for another: every tensor with a slice a category gets its slices anew. A category
 * that the given weights know, by name or synonym, keeps its slice; a new one begins as the known category whose name is nearest
 * by word vector. Corrections of words are matched by word.
 * @module
 */
import type { Tensor } from "@scenograph/graph/formats/safetensors";
import { findCategories } from "scenograph/ours/text/categories";
import { scanTokens } from "scenograph/paper/text/tokenize";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import type { Categories } from "scenograph/scene/categories";
import type { Weights } from "./task.ts";

/** Where a category's slice comes from. */
export interface CategorySource {
  /** Class index in the given weights; undefined: no name is near, so the mean of all. */
  readonly from: number | undefined;
  readonly known: boolean;
}

/** Of each category of `to`. `vectors`: of words, for what `from` does not know. */
export function categorySources(from: Categories, to: Categories, vectors?: Vocabulary): CategorySource[] {
  const places = vectors && from.names.map((name) => nameVector(name, vectors));
  return to.categories.map(({ name, synonyms = [] }) => {
    const known = [name, ...synonyms].map((word) => meaning(word, from)).find((index) => index >= 0);
    if (known !== undefined) return { from: known, known: true };
    return { from: places && vectors && nearestVector(nameVector(name, vectors), places), known: false };
  });
}

/** The category that a word or compound means, alone and whole; or -1. */
function meaning(word: string, categories: Categories): number {
  const own = categories.indexOf(categories.spelled(word) ?? null);
  if (own >= 0) return own;
  const found = findCategories(word, categories);
  return found.length === 1 && found[0].start === 0 && found[0].end === word.length ? found[0].classIndex : -1;
}

/** Mean of the words' vectors, of unit length; zeros where none is known. */
function nameVector(name: string, vectors: Vocabulary): Float32Array {
  const sum = new Float32Array(WORD_DIM);
  for (const { vector } of vectors.lookup(scanTokens(name).map((t) => t.text)))
    for (let i = 0; i < WORD_DIM; i++) sum[i] += vector[i];
  const norm = Math.hypot(...sum);
  return norm > 0 ? sum.map((v) => v / norm) : sum;
}

function nearestVector(vector: Float32Array, places: readonly Float32Array[]): number | undefined {
  if (vector.every((v) => v === 0)) return undefined;
  const cosines = places.map((place) => place.reduce((sum, v, i) => sum + v * vector[i], 0));
  return cosines.indexOf(Math.max(...cosines));
}

/** Where a tensor has its categories: one group of slices each along `axis`, the first of them at `at`. */
interface CategoryAxis {
  readonly axis: number;
  /** Default 0. */
  readonly at?: number;
  /** Slices a category. Default 1. */
  readonly each?: number;
}

/** @param hidden units of the box generator's state, which come before the label in the mixtures' input */
export function categoryAxis(
  name: string,
  shape: readonly number[],
  classes: number,
  hidden: number,
): CategoryAxis | undefined {
  if (/^boxes\.labels?\.(?:(?:text\.)?weight|bias)$/.test(name)) return { axis: 0 };
  if (/^boxes\.(?:xy|wh)Mixture\.(?:inner\.)?weight$/.test(name)) return { axis: 1, at: hidden };
  if (/^text\.heads\.(?:named|present|counts)\.(?:weight|bias)$/.test(name)) return { axis: 0 };
  if (/\.(?:class|often)\.weight$/.test(name) && !name.startsWith("boxes.")) return { axis: 0 };
  // a convolution over box tensors: the channels of a category lie together
  if (/^masks\.generator\.(?:encoder\.first|boxes32)\.weight$/.test(name)) return { axis: 1, each: shape[1] / classes };
  if (name === "image.layout.weight") return { axis: 1 };
  // codes of a category lie together
  if (/^(?:poses|looks)\.codebook$/.test(name)) return { axis: 0, each: shape[0] / classes };
  return undefined;
}

export interface Given {
  readonly weights: Weights;
  readonly categories: Categories;
}

/** The weights with the slices of other categories; tensors without any, and what follows the categories, as they are. */
export function ontoCategories(
  { weights, categories: from }: Given,
  to: Categories,
  sources: readonly CategorySource[],
): Weights {
  const hidden = weights.get("boxes.labels.weight")?.shape[1] ?? 0;
  const out: Weights = new Map(weights);
  for (const [name, tensor] of weights) {
    const place = categoryAxis(name, tensor.shape, from.count, hidden);
    if (place && tensor.data instanceof Float32Array) out.set(name, moved(tensor.shape, tensor.data, place));
  }
  return out;

  function moved(shape: readonly number[], data: Float32Array, { axis, at = 0, each = 1 }: CategoryAxis): Tensor {
    const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
    const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
    const changed = shape.map((d, i) => (i === axis ? d + each * (to.count - from.count) : d));
    const made = new Float32Array(product(changed));
    const [group, before] = [each * inner, at * inner];
    for (let o = 0; o < outer; o++) {
      const row = data.subarray(o * shape[axis] * inner, (o + 1) * shape[axis] * inner);
      const target = made.subarray(o * changed[axis] * inner, (o + 1) * changed[axis] * inner);
      const slice = (index: number) => row.subarray(before + index * group, before + (index + 1) * group);
      const mean = new Float32Array(group);
      for (let c = 0; c < from.count; c++)
        slice(c).forEach((v, i) => {
          mean[i] += v / from.count;
        });
      target.set(row.subarray(0, before));
      sources.forEach((s, c) => {
        target.set(s.from === undefined ? mean : slice(s.from), before + c * group);
      });
      // the end of a layout, its start, what else the layer reads
      target.set(row.subarray(before + from.count * group), before + to.count * group);
    }
    return { dtype: "F32", shape: changed, data: made };
  }
}

/** Corrections of words, row by row of another vocabulary; words without one begin with none. */
export function ontoWords(weights: Weights, to: Vocabulary): Weights {
  const table = weights.get(CORRECTION);
  if (!table || !weights.has("vocabulary.words")) return weights;
  const from = Vocabulary.fromTensors(weights);
  const width = table.shape[1];
  const data = new Float32Array((to.deltaCount + 1) * width);
  const old = table.data as Float32Array;
  to.words.slice(0, to.deltaCount).forEach((word, i) => {
    const row = from.deltaIndex(word);
    if (row > 0) data.set(old.subarray(row * width, (row + 1) * width), (i + 1) * width);
  });
  return new Map<string, Tensor>([...weights, [CORRECTION, { dtype: "F32", shape: [to.deltaCount + 1, width], data }]]);
}

const CORRECTION = "text.correction";
