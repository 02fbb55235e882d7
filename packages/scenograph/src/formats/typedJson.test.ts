import { FormatError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromTypedJson, toTypedJson } from "./typedJson.ts";

test("typed arrays come back bit for bit, anywhere in a value", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20_000 }),
      fc.float32Array(),
      fc.float64Array(),
      fc.json(),
      (bytes, floats, doubles, json) => {
        const value = { picture: { data: bytes }, list: [floats, { doubles }], json: JSON.parse(json) };
        expect(fromTypedJson(toTypedJson(value))).toEqual(value);
      },
    ),
    { numRuns: 50 },
  );
});

test("a view of a larger buffer holds its own part alone", () => {
  const view = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  expect(fromTypedJson(toTypedJson(view))).toEqual(Float32Array.of(2, 3));
});

test("other kinds and damaged bytes are told", () => {
  expect(() => toTypedJson(new BigInt64Array(1))).toThrow(/BigInt64Array/);
  for (const text of ['{"$typed":"Date","base64":""}', '{"$typed":"Float32Array","base64":"AAA="}', "{"])
    expect(() => fromTypedJson(text)).toThrow(FormatError);
  expect(() => fromTypedJson('{"$typed":"Uint8Array","base64":"*"}')).toThrow(/base64/);
});
