import { checkLoss, evaluate, node } from "@scenograph/graph/check.fixture";
import { input } from "@scenograph/graph/leaves";
import { Params } from "@scenograph/graph/nn/params";
import { addAll, mul, square } from "@scenograph/graph/ops/elementwise";
import { mean } from "@scenograph/graph/ops/reduce";
import { compile, initialise } from "@scenograph/graph/program";
import { stream } from "@scenograph/graph/random";
import { expect, test } from "vitest";
import { TEXT } from "../../paper/image/image.fixture.ts";
import { featureHeads, projectMaps } from "./featureHeads.ts";

const maps = [input("fine", [2, 4, 16, 16]), input("coarse", [2, 5, 8, 8]), input("small", [2, 2, 2, 2])];
const layout = input("layout", [2, 3, 16, 16]);
const heads = featureHeads(new Params("heads"), { channels: 3, text: 3 }, layout, maps)(input("text", [2, TEXT]));
const random = stream(4, "maps");
const feeds = {
  fine: random.normals(2 * 4 * 256),
  coarse: random.normals(2 * 5 * 64),
  small: random.normals(2 * 2 * 4),
  layout: random.normals(2 * 3 * 256),
  text: random.normals(2 * TEXT),
};

test("a head a map: 4 x 4 scores, or fewer where the map is smaller", () => {
  expect(heads.map((s) => s.shape)).toEqual([
    [2, 1, 4, 4],
    [2, 1, 4, 4],
    [2, 1, 2, 2],
  ]);
});

test("every head hears map, layout and sentence", async () => {
  const program = compile({ outputs: { a: mean(heads[0]), b: mean(heads[1]), c: mean(heads[2]) } });
  const state = initialise(program, 3);
  const run = (changes: Record<string, Float32Array>) =>
    evaluate(node, { program, feeds: { ...feeds, ...changes }, state });
  const base = await run({});
  for (const changed of ["layout", "text"] as const) {
    const other = await run({ [changed]: feeds[changed].map((v) => -v) });
    for (const head of ["a", "b", "c"]) expect(other[head][0], `${head} by ${changed}`).not.toBe(base[head][0]);
  }
  const other = await run({ coarse: feeds.coarse.map((v) => -v) });
  expect([other.a[0], other.c[0]]).toEqual([base.a[0], base.c[0]]);
  expect(other.b[0]).not.toBe(base.b[0]);
});

test("maps are mixed to one number of channels and measured by the real ones", async () => {
  const generated = maps.map((m) => mul(m, 3));
  const projected = projectMaps(maps, generated, 6);
  expect(projected.real.map((m) => m.shape)).toEqual([
    [2, 6, 16, 16],
    [2, 6, 8, 8],
    [2, 6, 2, 2],
  ]);
  const outputs = { real: mean(square(projected.real[1])), generated: mean(square(projected.generated[1])) };
  const { layout: _, text: __, fine: ___, small: ____, ...own } = feeds;
  const out = await evaluate(node, { program: compile({ outputs }), feeds: own, state: {} });
  expect(out.real[0]).toBeCloseTo(1, 4);
  expect(out.generated[0]).toBeCloseTo(9, 3);
});

test("their gradient agrees with differences in every weight", async () => {
  await checkLoss(addAll(heads.map((s) => mean(s))), feeds, { tolerance: 0.02, step: 2 ** -9 });
});
