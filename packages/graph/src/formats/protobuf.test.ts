import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../errors.ts";
import { ProtoWriter, readFields, unpackInts } from "./protobuf.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("ProtoWriter", () => {
  test("writes the examples of the format's documentation", () => {
    expect(hex(new ProtoWriter().uint(1, 150).finish())).toBe("089601");
    expect(hex(new ProtoWriter().string(2, "testing").finish())).toBe("120774657374696e67");
    expect(hex(new ProtoWriter().message(3, new ProtoWriter().uint(1, 150)).finish())).toBe("1a03089601");
    expect(hex(new ProtoWriter().packedInts(6, [3, 270, 86942]).finish())).toBe("3206038e029ea705");
    expect(hex(new ProtoWriter().varint(1, -2).finish())).toBe("08feffffffffffffffff01");
    expect(hex(new ProtoWriter().float(1, 1).double(2, -2).finish())).toBe("0d0000803f1100000000000000c0");
  });

  test("refuses what the format cannot hold", () => {
    expect(() => new ProtoWriter().uint(0, 1)).toThrow(RangeError);
    expect(() => new ProtoWriter().uint(1, -1)).toThrow(RangeError);
    expect(() => new ProtoWriter().uint(1, 1.5)).toThrow(RangeError);
    expect(() => new ProtoWriter().varint(1, 1n << 64n)).toThrow(RangeError);
    expect(() => new ProtoWriter().packedInts(1, [-1.5])).toThrow(RangeError);
  });

  test("bytes() keeps large payloads by reference until finish()", () => {
    const payload = new Uint8Array(1000).fill(7);
    const out = new ProtoWriter().bytes(1, payload).uint(2, 5).finish();
    const [first, second] = [...readFields(out)];
    expect(first.value).toEqual(payload);
    expect(second).toEqual({ field: 2, wire: 0, value: 5n });
  });
});

describe("readFields", () => {
  test("gives back what was written", () => {
    const inner = new ProtoWriter().string(1, "a").packedFloats(2, [1, -0.5]);
    const bytes = new ProtoWriter()
      .uint(1, 2 ** 52)
      .varint(2, -5n)
      .message(3, inner)
      .double(4, 0.1)
      .finish();
    const fields = [...readFields(bytes)];
    expect(fields.map((f) => [f.field, f.wire])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 1],
    ]);
    expect(fields[0].value).toBe(BigInt(2 ** 52));
    expect(BigInt.asIntN(64, fields[1].value as bigint)).toBe(-5n);
    expect(fields[3].value).toBe(0.1);
    const nested = [...readFields(fields[2].value as Uint8Array)];
    expect(hex(nested[1].value as Uint8Array)).toBe("0000803f000000bf");
  });

  test("64-bit integers survive", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), { maxLength: 8 }), (values) => {
        const [field] = [...readFields(new ProtoWriter().packedInts(9, values).finish())];
        expect(unpackInts(field.value as Uint8Array).map((v) => BigInt.asIntN(64, v))).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["a length past the end", [0x12, 0x05, 0x61]],
    ["a length of 2^63", [0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ["a varint cut off", [0x08, 0x80]],
    ["a varint of 11 bytes", [0x08, ...Array(10).fill(0x80), 0x01]],
    ["a varint of 65 bits", [0x08, ...Array(9).fill(0xff), 0x7f]],
    ["a group", [0x0b]],
    ["field 0", [0x00, 0x00]],
    ["a cut-off double", [0x09, 0, 0, 0]],
  ])("refuses %s", (_, bytes) => {
    expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(FormatError);
  });

  test("stops at the limit of fields", () => {
    const writer = new ProtoWriter();
    for (let i = 0; i < 5; i++) writer.uint(1, i);
    expect([...readFields(writer.finish(), { maxFields: 5 })]).toHaveLength(5);
    expect(() => [...readFields(writer.finish(), { maxFields: 4 })]).toThrow(/at most 4 fields/);
  });

  test("any bytes give fields or a FormatError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          for (const _ of readFields(bytes));
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
