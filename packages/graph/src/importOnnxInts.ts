/**
 * Operators on integers that are known while the graph is built: exporters compute shapes and amounts of padding with
 * chains of them. @module
 */
import { check, normalAxis, sizeOf } from "./tensor.ts";

export interface Ints {
  readonly ints: readonly number[];
  readonly shape: readonly number[];
}

/** Chains of shape arithmetic are a few numbers long; a few nodes could make them endless. */
export const MAX_INTS = 4096;

export function reshapeInts(x: Ints, wanted: readonly number[]): Ints {
  const known = sizeOf(wanted.filter((d) => d !== -1));
  const shape = wanted.map((d, i) => (d === -1 ? x.ints.length / known : d === 0 ? x.shape[i] : d));
  check(sizeOf(shape) === x.ints.length, "Reshape", `cannot make [${wanted}] of [${x.shape}]`);
  return { ints: x.ints, shape };
}

export function concatInts(values: readonly Ints[]): Ints {
  check(
    values.every((v) => v.shape.length === 1),
    "Concat",
    "integers are joined as lists",
  );
  const size = values.reduce((n, v) => n + v.ints.length, 0);
  check(size <= MAX_INTS, "Concat", `at most ${MAX_INTS} integers, got ${size}`);
  return { ints: values.flatMap((v) => v.ints), shape: [size] };
}

/** Elements of a list; the result has the shape of `index`. */
export function gatherInts(from: Ints, index: Ints): Ints {
  check(from.shape.length === 1, "Gather", `integers are taken from a list, got [${from.shape}]`);
  const ints = index.ints.map((i) => {
    const v = from.ints[i < 0 ? i + from.ints.length : i];
    check(v !== undefined, "Gather", `index ${i} is outside a list of ${from.ints.length}`);
    return v;
  });
  return { ints, shape: index.shape };
}

export function constantOfShape(shape: readonly number[], value: number): Ints {
  check(
    shape.every((d) => d >= 0) && sizeOf(shape) <= MAX_INTS,
    "ConstantOfShape",
    `at most ${MAX_INTS} values, got shape [${shape}]`,
  );
  return { ints: new Array<number>(sizeOf(shape)).fill(value), shape };
}

export function transposeInts(x: Ints, perm: readonly number[]): Ints {
  check(
    perm.length === x.shape.length && new Set(perm).size === perm.length && perm.every((p) => p in x.shape),
    "Transpose",
    `permutation [${perm}] does not fit [${x.shape}]`,
  );
  const shape = perm.map((p) => x.shape[p]);
  const strides = stridesOf(x.shape);
  return pick(
    x,
    shape,
    perm.map((p) => strides[p]),
    0,
  );
}

/** Python's x[start:end:step] along each axis. */
export function sliceInts(
  x: Ints,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[],
): Ints {
  const shape = [...x.shape];
  const strides = stridesOf(x.shape);
  let offset = 0;
  for (const [i, a] of axes.entries()) {
    const axis = normalAxis(a, shape.length, "Slice");
    const size = x.shape[axis];
    const step = steps[i] ?? 1;
    check(step !== 0, "Slice", "a step is not 0");
    const clamp = (v: number) => {
      const at = v < 0 ? v + size : v;
      return step > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
    };
    const start = clamp(starts[i] ?? 0);
    shape[axis] = Math.max(0, Math.ceil((clamp(ends[i] ?? 0) - start) / step));
    offset += start * strides[axis];
    strides[axis] *= step;
  }
  return pick(x, shape, strides, offset);
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => sizeOf(shape.slice(i + 1)));
}

/** The elements at offset + sum index_i stride_i, in the order of `shape`. */
function pick(x: Ints, shape: readonly number[], strides: readonly number[], offset: number): Ints {
  const ints: number[] = [];
  const inner = stridesOf(shape);
  for (let n = 0; n < sizeOf(shape); n++) {
    const at = shape.reduce((sum, size, i) => sum + (Math.floor(n / inner[i]) % size) * strides[i], offset);
    ints.push(x.ints[at]);
  }
  return { ints, shape };
}
