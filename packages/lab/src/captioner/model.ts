/**
 * Captioner: Show and Tell (Vinyals et al. 2015), section 3. x_-1 = W_p f(X) is the LSTM's first input, x_t = W_e S_t the
 * further ones, p_t+1 = softmax(W_o h_t); S_0 is the start word. f(X) are features of a fixed network.
 * @module
 */

import { embedding, linear } from "@scenograph/graph/nn/layers";
import type { Params } from "@scenograph/graph/nn/params";
import { lstm, lstmCell, type State, zeroState } from "@scenograph/graph/nn/recurrent";
import { logSoftmax } from "@scenograph/graph/ops/reduce";
import { concat, reshape, split } from "@scenograph/graph/ops/shape";
import type { Tensor } from "@scenograph/graph/tensor";
import type { CaptionerConfig } from "./config.ts";

/** Where dropout applies; identity when captioning. */
export interface Drops {
  readonly input: (name: string, x: Tensor) => Tensor;
  readonly output: (name: string, x: Tensor) => Tensor;
}
export const NO_DROPS: Drops = { input: (_, x) => x, output: (_, x) => x };

/** The picture as the LSTM's input: features [N, F], standardised, -> [N, embedding]. */
function pictureInput(p: Params, config: CaptionerConfig, features: Tensor): Tensor {
  return linear(p.scope("picture"), features, config.embedding);
}

/** Ids int64 [...] -> [..., embedding]. */
function wordInput(p: Params, config: CaptionerConfig, ids: Tensor, words: number): Tensor {
  return embedding(p.scope("embedding"), ids, words, config.embedding, { kind: "normal", std: 0.3 });
}

/** log p of the next word: hidden states [M, hidden] -> [M, words]. */
function logProbabilities(p: Params, hidden: Tensor, words: number): Tensor {
  return logSoftmax(linear(p.scope("words"), hidden, words));
}

/**
 * All steps at once, the true words fed. features [N, F], previous int64 [T, N] (START first), `words` the size of the
 * vocabulary. -> log p [T N, words], time first.
 */
export function teacherForced(
  p: Params,
  config: CaptionerConfig,
  features: Tensor,
  previous: Tensor,
  words: number,
  drops: Drops = NO_DROPS,
): Tensor {
  const [steps, n] = previous.shape;
  const picture = drops.input("picture", pictureInput(p, config, features));
  const fed = drops.input("fed", wordInput(p, config, previous, words));
  const xs = [picture, ...split(fed, steps, 0).map((x) => reshape(x, [n, config.embedding]))];
  const { outputs } = lstm(p.scope("lstm"), xs, config.hidden);
  return logProbabilities(p, drops.output("hidden", concat(outputs.slice(1), 0)), words);
}

/** The state after the picture has been seen: features [N, F] -> [N, hidden] each. */
export function firstState(p: Params, config: CaptionerConfig, features: Tensor): State {
  const zero = zeroState([features.shape[0], config.hidden]);
  return lstmCell(p.scope("lstm"), pictureInput(p, config, features), zero);
}

/** One further word: ids int64 [N], the state -> log p of the next [N, words] and the new state. */
export function nextWord(
  p: Params,
  config: CaptionerConfig,
  ids: Tensor,
  state: State,
  words: number,
): { logP: Tensor; state: State } {
  const next = lstmCell(p.scope("lstm"), wordInput(p, config, ids, words), state);
  return { logP: logProbabilities(p, next.h, words), state: next };
}
