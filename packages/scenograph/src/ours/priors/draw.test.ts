import { expect, test } from "vitest";
import { type Draw, drawCodes, likeliest, wantsAlike } from "./draw.ts";

const even = new Float32Array(8);
const of = (id: string, more: Partial<Draw> = {}): Draw => ({ id, kind: "dog", logits: even, ...more });

test("a code follows from seed, name and id alone, whoever else is there", () => {
  const alone = drawCodes([of("a", { kind: "cat" })], 3, "pose", 1, false);
  const among = drawCodes([of("x"), of("a", { kind: "cat" }), of("y")], 3, "pose", 1, false);
  expect(among[1]).toBe(alone[0]);
  const seeds = new Set(Array.from({ length: 40 }, (_, seed) => drawCodes([of("a")], seed, "pose", 1, false)[0]));
  expect(seeds.size).toBe(8);
});

test("two of a kind differ where there is a choice, and are alike when told", () => {
  for (let seed = 0; seed < 30; seed++) {
    const codes = drawCodes(
      ["a", "b", "c"].map((id) => of(id)),
      seed,
      "look",
      1,
      false,
    );
    expect(new Set(codes).size).toBe(3);
    expect(
      new Set(
        drawCodes(
          ["a", "b", "c"].map((id) => of(id)),
          seed,
          "look",
          1,
          true,
        ),
      ).size,
    ).toBe(1);
  }
  // one code has all the probability: no choice
  const sure = Float32Array.of(0, 50, 0, 0);
  expect(drawCodes([of("a", { logits: sure }), of("b", { logits: sure })], 0, "look", 1, false)).toEqual([1, 1]);
});

test("a given code stays, and the others avoid it", () => {
  for (let seed = 0; seed < 30; seed++) {
    const codes = drawCodes([of("a"), of("b", { given: 5 })], seed, "look", 1, false);
    expect(codes[1]).toBe(5);
    expect(codes[0]).not.toBe(5);
  }
});

test("codes come as often as the prior says, more surely when it is colder", () => {
  const logits = Float32Array.of(Math.log(0.7), Math.log(0.2), Math.log(0.1));
  const share = (temperature: number) => {
    let n = 0;
    for (let seed = 0; seed < 600; seed++)
      n += drawCodes([of("a", { logits })], seed, "pose", temperature, false)[0] === 0 ? 1 : 0;
    return n / 600;
  };
  expect(Math.abs(share(1) - 0.7)).toBeLessThan(0.06);
  expect(share(0.5)).toBeGreaterThan(0.85);
});

test("the likeliest codes, best first", () => {
  const found = likeliest(Float32Array.of(0, 2, 1), 2, 1);
  expect(found.map((f) => f.code)).toEqual([1, 2]);
  expect(found[0].share).toBeCloseTo(Math.exp(2) / (1 + Math.exp(1) + Math.exp(2)), 5);
});

test.each([
  ["two identical dogs", true],
  ["matching chairs", true],
  ["a dog and a twin", true],
  ["two dogs", false],
])("%s", (caption, alike) => {
  expect(wantsAlike(caption)).toBe(alike);
});
