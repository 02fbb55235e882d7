/** The library's one call, on an open model. Runs in browsers, workers and Node. @module */
import { UserError } from "@scenograph/graph/errors";
import type { ModelInfo } from "../model/info.ts";
import type { Model } from "../model/model.ts";
import { generate } from "../pipeline.ts";
import { Drawn } from "./drawn.ts";
import { type Asked, asked, type DrawInput, type DrawOptions } from "./options.ts";

export interface Draw {
  /** A scene from a sentence, or the rest of a scene that is given. The same input and seed give the same bytes. */
  (input: DrawInput, options?: DrawOptions): Promise<Drawn>;
  /**
   * Several at once, which is faster than one after the other and gives the same bytes. Seeds are `seed`, `seed + 1`, ...
   * in turn, where a scene names none of its own.
   */
  many(inputs: readonly DrawInput[], options?: DrawOptions): Promise<Drawn[]>;
  readonly info: ModelInfo;
  /** Frees what the model holds; later calls fail. */
  close(): Promise<void>;
}

/** @param close frees the runtime */
export function createDraw(model: Model, close: () => Promise<void>): Draw {
  let closed = false;
  // stages keep the state of a call between their steps: one call at a time
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(() => {
      if (closed) throw new UserError("draw(): the model was closed; open it again with scenograph()");
      return work();
    });
    queue = result.catch(() => {});
    return result;
  };
  const one = async (input: DrawInput, options: DrawOptions = {}): Promise<Drawn> => {
    const wanted = asked(input, options, model.info, model.categories);
    return (await inTurn(() => run(model, [wanted])))[0];
  };
  const many = async (inputs: readonly DrawInput[], options: DrawOptions = {}): Promise<Drawn[]> => {
    if (!Array.isArray(inputs)) throw new UserError("draw.many(): a list of sentences or scenes, got another value");
    const { seed = 0 } = options;
    const all = inputs.map((input, i) => {
      const own = typeof input === "object" && input !== null && "seed" in input && options.seed === undefined;
      return asked(input, own ? options : { ...options, seed: (seed + i) % 2 ** 32 }, model.info, model.categories);
    });
    return inTurn(() => run(model, all));
  };
  return Object.assign(one, {
    many,
    info: model.info,
    close: () =>
      inTurn(async () => {
        closed = true;
        await close();
      }),
  });
}

/** Scenes of one size that begin at one stage are computed side by side; the answers come in the order of what was asked. */
async function run(model: Model, all: readonly Asked[]): Promise<Drawn[]> {
  const groups = new Map<string, number[]>();
  for (const [i, { scene, options }] of all.entries()) {
    const key = `${scene.width}x${scene.height} ${options.from}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const drawn: Drawn[] = [];
  for (const members of groups.values()) {
    const scenes = members.map((i) => all[i].scene);
    const results = await generate(model.stages, scenes, all[members[0]].options);
    for (const [k, i] of members.entries()) drawn[i] = new Drawn(results[k], all[i].notes, model.categories);
  }
  return drawn;
}
