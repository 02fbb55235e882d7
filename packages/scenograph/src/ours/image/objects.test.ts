import { checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { constant } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { square } from "@scenograph/graph/ops/elementwise";
import { sum } from "@scenograph/graph/ops/reduce";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import type { Feeds } from "@scenograph/graph/runtime/runtime";
import { describe, expect, test } from "vitest";
import { config } from "../../paper/image/image.fixture.ts";
import { colourLoss, coordinates, objectCodes, objectInputs, paintColours, paintTexture } from "./objects.ts";
import { SLOTS, WORD_DIM, WORDS } from "./slots.ts";

const WIDTH = 6;
const { size } = config;
const area = size * size;

/** Two objects side by side over the upper half; the sentence has `said` words. */
function feeds(said: number, seed = 1): Feeds {
  const owner = Uint8Array.from({ length: area }, (_, i) => (i >= area / 2 ? SLOTS : i % size < size / 2 ? 0 : 1));
  const valid = Float32Array.from({ length: WORDS }, (_, t) => (t < said ? 1 : 0));
  const vectors = stream(seed, "words").normals(WORDS * WORD_DIM);
  return {
    "layout.owner": owner,
    "layout.u": Uint8Array.from(owner, (k, i) => (k < SLOTS ? (255 * (i % (size / 2))) / (size / 2 - 1) : 0)),
    "layout.v": Uint8Array.from(owner, (k, i) => (k < SLOTS ? (255 * Math.floor(i / size)) / (size / 2 - 1) : 0)),
    "objects.classes": BigInt64Array.from({ length: SLOTS }, (_, k) => (k === 0 ? 5n : k === 1 ? 7n : 0n)),
    "objects.ranks": new BigInt64Array(SLOTS),
    "objects.said": Float32Array.from({ length: SLOTS * WORDS }, (_, i) => (i === 2 ? 1 : 0)),
    "words.vectors": vectors.map((x, i) => x * valid[Math.floor(i / WORD_DIM)]),
    "words.valid": valid,
  };
}

const objects = objectInputs(1, size);
const { codes, attention } = objectCodes(new Params("o"), objects, WIDTH, config.classes);
const used = (program: { inputs: readonly { name: string }[] }, all: Feeds): Feeds =>
  Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));

describe("word attention", () => {
  const program = compile({ outputs: { codes, attention } });
  const run = async (all: Feeds) =>
    evaluate(node, { program, feeds: used(program, all), state: initialise(program, 3) });

  test("weights of a sentence's words and of the silent one sum to 1; what comes after its end is not seen", async () => {
    const out = await run(feeds(4));
    for (let k = 0; k < SLOTS; k++) {
      const row = [...(out.attention as Float32Array).slice(k * (WORDS + 1), (k + 1) * (WORDS + 1))];
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(Math.max(...row.slice(4, WORDS))).toBeLessThan(1e-6);
      expect(Math.min(...row.slice(0, 4), row[WORDS])).toBeGreaterThan(0);
    }
  });

  test("objects of two classes look at the same words and get other codes; other words change them", async () => {
    const [one, two] = [await run(feeds(4)), await run(feeds(4, 2))];
    const width = 2 * WIDTH;
    const code = (out: typeof one, k: number) => [...(out.codes as Float32Array).slice(k * width, (k + 1) * width)];
    expect(code(one, 0)).not.toEqual(code(one, 1));
    expect(code(one, 0)).not.toEqual(code(two, 0));
    // slots without an object are all alike
    expect(code(one, 2)).toEqual(code(one, 3));
  });
});

test("the texture is the cosine series of its object's weights in the object's coordinates, nothing elsewhere", async () => {
  const texture = paintTexture(new Params("t"), codes, objects, 2, 3);
  const weights = compile({ outputs: { codes, texture, uv: coordinates(objects) } });
  const state = initialise(weights, 3);
  const out = await evaluate(node, { program: weights, feeds: used(weights, feeds(5)), state });
  const width = 2 * WIDTH;
  const [u, v] = [feeds(5)["layout.u"] as Uint8Array, feeds(5)["layout.v"] as Uint8Array];
  const expected = (channel: number, pixel: number, object: number) => {
    let value = 0;
    for (let f = 0; f < 3; f++)
      for (let g = 0; g < 3; g++) {
        let w = state["t.bias"][channel * 9 + f * 3 + g];
        for (let c = 0; c < width; c++)
          w += state["t.weight"][(channel * 9 + f * 3 + g) * width + c] * Number(out.codes[object * width + c]);
        value += w * Math.cos((Math.PI * f * u[pixel]) / 255) * Math.cos((Math.PI * g * v[pixel]) / 255);
      }
    return value;
  };
  for (const [pixel, object] of [
    [3, 0],
    [size + 12, 1],
    [5 * size + 9, 1],
  ])
    for (const c of [0, 1]) expect(out.texture[c * area + pixel]).toBeCloseTo(expected(c, pixel, object), 4);
  expect([out.texture[area - 1], out.texture[2 * area - 1]]).toEqual([0, 0]);
  expect([out.uv[0], out.uv[7], Math.abs(Number(out.uv[area - 1]))]).toEqual([-1, 1, 0]);
});

test("a noun and its neighbours, up to four words away, reach the object that it names alone", async () => {
  const program = compile({ outputs: { codes } });
  const state = initialise(program, 3);
  // the attention looks at the word that says nothing
  state["o.words.silentKey"].fill(0);
  state["o.words.key.weight"].fill(0);
  state["o.words.key.bias"].fill(-50);
  state["o.query.bias"].fill(50);
  const run = async (change: number) => {
    const all = feeds(WORDS);
    const vectors = (all["words.vectors"] as Float32Array).slice();
    for (let d = 0; d < WORD_DIM; d++) vectors[change * WORD_DIM + d] += 1;
    const out = await evaluate(node, { program, feeds: used(program, { ...all, "words.vectors": vectors }), state });
    return [...(out.codes as Float32Array)];
  };
  const width = 2 * WIDTH;
  const [far, near] = [await run(20), await run(6)];
  const plain = await run(21);
  expect(far.slice(0, width)).toEqual(plain.slice(0, width));
  expect(near.slice(0, width)).not.toEqual(plain.slice(0, width));
  expect(near.slice(width, 2 * width)).toEqual(plain.slice(width, 2 * width));
});

test("predicted colours are painted over their objects, and their error is the mean over objects and channels", async () => {
  const colours = constant(
    Float32Array.from({ length: SLOTS * 3 }, (_, i) => [0.5, 0, -0.5, 1, 1, 1][i] ?? 0.25),
    [1, SLOTS, 3],
  );
  const picture = constant(new Float32Array(3 * area).fill(0.5), [1, 3, size, size]);
  const program = compile({
    outputs: { painted: paintColours(colours, objects.owner), loss: colourLoss(colours, objects.owner, picture) },
  });
  const out = await evaluate(node, { program, feeds: used(program, feeds(1)), state: {} });
  const at = (pixel: number) => [0, 1, 2].map((c) => Number(out.painted[c * area + pixel]));
  expect([at(0), at(size / 2), at(area - 1)]).toEqual([
    [0.5, 0, -0.5],
    [1, 1, 1],
    [0, 0, 0],
  ]);
  expect(Number(out.loss[0])).toBeCloseTo((0 + 0.5 + 1 + 3 * 0.5) / 6, 5);
});

test("gradients of the texture agree with differences in every weight", async () => {
  const loss = sum(square(paintTexture(new Params("o.t"), codes, objects, 2, 3)));
  await checkLoss(loss, used(compile({ outputs: { loss } }), feeds(3)), {
    wrt: (name) => name.startsWith("o."),
    step: 2 ** -10,
    tolerance: 0.05,
  });
});
