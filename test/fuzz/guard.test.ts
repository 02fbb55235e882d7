import { expect, test } from "vitest";
import { guarded } from "./guard.ts";
import { judge, type Target } from "./judge.ts";

test("large allocations are refused before they are made, and counted, whoever asks for them", async () => {
  const attempts: (() => unknown)[] = [
    () => new Uint8Array(2 ** 32),
    () => new Float64Array(2 ** 20),
    () => new ArrayBuffer(2 ** 33),
    () => Uint8Array.from({ length: 2 ** 24 }),
    () => new Float32Array(new Uint8Array(2 ** 22)),
  ];
  for (const attempt of attempts) {
    const seen = { largest: 0, total: 0 };
    await expect(guarded(2 ** 22, seen, attempt)).rejects.toThrow(/bytes was asked for/);
    expect(seen.largest).toBeGreaterThan(2 ** 22);
  }
  const seen = { largest: 0, total: 0 };
  const made = await guarded(2 ** 22, seen, () => [
    new Uint8Array(10),
    new Float64Array(4),
    new Uint8Array(new ArrayBuffer(8), 2),
  ]);
  expect(seen).toEqual({ largest: 32, total: 50 });
  for (const array of made) expect(ArrayBuffer.isView(array)).toBe(true);
  expect(made[0]).toBeInstanceOf(Uint8Array);
  expect(new Uint8Array(2 ** 23)).toHaveLength(2 ** 23);
});

test("a judge that sees what is wrong", async () => {
  const target = (parse: Target["parse"], more: Partial<Target> = {}): Target => ({
    name: "t",
    valid: [],
    hostile: undefined as unknown as Target["hostile"],
    errors: [RangeError],
    parse,
    ...more,
  });
  const bytes = new Uint8Array(0);
  const fails =
    (message: string, kind = RangeError) =>
    () => {
      throw new kind(message);
    };
  expect(
    await judge(
      target(() => 1),
      bytes,
    ),
  ).toBeUndefined();
  expect(await judge(target(fails("f(): a rule; do this")), bytes)).toBeUndefined();
  expect(await judge(target(fails("x", TypeError)), bytes)).toMatch(/^throws TypeError: x/);
  expect(await judge(target(fails("two\nlines")), bytes)).toMatch(/not one line/);
  expect(await judge(target(fails("")), bytes)).toMatch(/not one line/);
  expect(
    await judge(
      target(() => new Uint8Array(2 ** 27)),
      bytes,
    ),
  ).toMatch(/134217728 bytes/);
  // a parser that catches the refusal does not hide it
  const hiding = () => {
    try {
      return new Uint8Array(2 ** 27);
    } catch {
      return 0;
    }
  };
  expect(await judge(target(hiding), bytes)).toMatch(/asks for 134217728 bytes/);
  expect(
    await judge(
      target(() => 1, { check: fails("no") }),
      bytes,
    ),
  ).toMatch(/not valid: no/);
  const slow = () => {
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < 40_000);
  };
  expect(await judge(target(slow, { ms: 20 }), bytes)).toMatch(/takes \d+ ms, 20 are allowed/);
});
