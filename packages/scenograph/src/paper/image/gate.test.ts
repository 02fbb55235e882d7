import { node } from "@scenograph/graph/check.fixture";
import type { Weights } from "@scenograph/graph/nn/weights";
import { initialise } from "@scenograph/graph/program";
import { expect, test } from "vitest";
import { classIndex } from "../../scene/categories.ts";
import { composeLayout } from "./data.ts";
import { createGateReader, gateProgram } from "./gate.ts";
import { config, TEXT } from "./image.fixture.ts";
import { imageProgram } from "./step.ts";

const weights: Weights = new Map(
  imageProgram(config, TEXT, 1).state.map(({ name, shape }) => [
    name,
    { dtype: "F32" as const, shape, data: initialise(imageProgram(config, TEXT, 1), 3)[name] },
  ]),
);
const sentence = (embedding: readonly number[]) => ({
  caption: "",
  words: [],
  embedding: Float32Array.from(embedding),
});
const bitmap = Uint8Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 1 : 0));
const layout = composeLayout([{ classIndex: classIndex("dog"), box: [0, 0, 0.5, 1], bitmap }], 16);

test("the gate is the generator's own: sigmoid of its layer, whatever the layout", async () => {
  const { read } = createGateReader(node, config, TEXT, weights);
  const text = [0.5, -1, 2, 0, 0.25];
  const { channels, background } = await read(layout, sentence(text));
  const row = (name: string, c: number) => {
    const w = weights.get(`image.${name}.weight`)!.data as Float32Array;
    const b = weights.get(`image.${name}.bias`)!.data as Float32Array;
    return text.reduce((sum, v, i) => sum + v * w[c * TEXT + i], b[c]);
  };
  expect(channels).toHaveLength(config.encoder.at(-1)!);
  channels.forEach(({ open }, c) => {
    expect(open).toBeCloseTo(1 / (1 + Math.exp(-row("gate", c))), 5);
  });
  expect(background).toHaveLength(config.background);
  background.forEach((v, c) => {
    const s = row("background", c);
    expect(v).toBeCloseTo(s > 0 ? s : 0.2 * s, 5);
  });
  const bare = await read(composeLayout([], 16), sentence(text));
  expect(bare.channels.map((c) => c.open)).toEqual(channels.map((c) => c.open));
  // on bare ground there is nothing else to answer to
  for (const { where, lift } of bare.channels) expect([where, lift]).toEqual([undefined, expect.closeTo(1, 5)]);
});

test("a channel says where it answers most", async () => {
  const { read } = createGateReader(node, config, TEXT, weights);
  const { channels } = await read(layout, sentence([1, 0, 0, 0, 0]));
  for (const { where, lift, strength } of channels) {
    expect([undefined, "dog"]).toContain(where);
    expect(strength).toBeGreaterThan(0);
    expect(lift).toBeGreaterThanOrEqual(1);
  }
});

test("without a gate all is open; without background text there is none", async () => {
  const plain = { ...config, gate: false, background: 0 };
  expect(gateProgram(plain, TEXT).inputs.map((i) => i.name)).not.toContain("text");
  const { read } = createGateReader(node, plain, TEXT, weights);
  const { channels, background } = await read(layout, sentence([1, 1, 1, 1, 1]));
  expect(channels.every((c) => c.open === 1)).toBe(true);
  expect(background).toEqual([]);
});
