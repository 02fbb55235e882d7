import { describe, expect, test } from "vitest";
import { FormatError, nearest, shown } from "./errors.ts";

describe("messages", () => {
  test("are one line of bounded length, whatever they quote", () => {
    const { message } = new FormatError(`read(): got "a\r\nb\u001b[31mc\u2028d"; mend it`);
    expect(message).toBe('read(): got "a b [31mc d"; mend it');
    const long = new FormatError(`read(): got ${"x".repeat(1e6)}; mend it`).message;
    expect(long.length).toBeLessThanOrEqual(1000);
    expect(long).toMatch(/^read\(\): got x+ \.\.\. x+; mend it$/);
  });
});

describe("shown", () => {
  test("is JSON where that is short", () => {
    for (const value of [1.5, "a", null, true, [1, [2]], { a: { b: ["c"] } }])
      expect(shown(value)).toBe(JSON.stringify(value));
    expect(shown(undefined)).toBe("nothing");
    expect(shown("x".repeat(100))).toBe(`"${"x".repeat(56)}...`);
    expect(shown({ a: 1, b: [1, 2, 3] }, 12)).toBe('{"a":1,"b...');
  });

  test("does not go down deep, into circles or through millions of entries", () => {
    const deep = JSON.parse(`${"[".repeat(1e5)}${"]".repeat(1e5)}`);
    expect(shown(deep)).toBe("[[[[...]]]]");
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(shown(circle)).toBe('{"self":{"self":{"self":{...}}}}');
    expect(shown(new Array(1e6).fill(0))).toBe("[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,...]");
  });
});

test("nearest looks at what can be near alone", () => {
  expect(nearest("dgo", ["cat", "dog", "traffic light"])).toBe("dog");
  expect(nearest("zebra", ["cat"])).toBeUndefined();
  // the distance of a million characters to anything would take minutes
  expect(nearest("dog".repeat(1e6), ["dog"])).toBeUndefined();
});
