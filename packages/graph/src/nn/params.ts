/**
 * Named parameters. Layers are functions that ask a scope for their weights; asking twice for one name gives the same
 * tensor, which is how a network is applied to several inputs (a discriminator on real and generated pictures).
 * @module
 */
import { ShapeError } from "../errors.ts";
import type { Init } from "../init.ts";
import { parameter, parameterOf } from "../leaves.ts";
import { type Shape, sameShape, show, type Tensor } from "../tensor.ts";

export class Params {
  readonly #table: Map<string, Tensor>;
  readonly #prefix: string;

  constructor(prefix = "", table = new Map<string, Tensor>()) {
    this.#prefix = prefix;
    this.#table = table;
  }

  /** The scope `<this>.<name>`. */
  scope(name: string | number): Params {
    return new Params(this.#path(String(name)), this.#table);
  }

  /** The parameter `<this>.<name>`, made at the first call. Throws ShapeError when asked again with another shape. */
  get(name: string, shape: Shape, init: Init): Tensor {
    const path = this.#path(name);
    const old = this.#table.get(path);
    if (old && !sameShape(old.shape, shape))
      throw new ShapeError(`parameter "${path}": has shape ${show(old.shape)}, asked for as ${show(shape)}`);
    const tensor = old ?? parameter(path, shape, init);
    this.#table.set(path, tensor);
    return tensor;
  }

  /** All parameters whose name begins with this scope, in order of creation. */
  all(): Tensor[] {
    const start = this.#prefix === "" ? "" : `${this.#prefix}.`;
    return [...this.#table].filter(([name]) => name.startsWith(start)).map(([, tensor]) => tensor);
  }

  #path(name: string): string {
    return this.#prefix === "" ? name : `${this.#prefix}.${name}`;
  }
}

/** Number of scalars in a list of parameters. */
export function parameterCount(parameters: readonly Tensor[]): number {
  return parameters.reduce((n, p) => n + p.size, 0);
}

export function parameterNames(parameters: readonly Tensor[]): string[] {
  return parameters.map((p) => parameterOf(p).name);
}
