import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../errors.ts";
import { readSafetensors, readSafetensorsHeader, type Tensor, writeSafetensors } from "./safetensors.ts";

/** A file with this header text and this many bytes of data. */
function file(header: string, dataSize = 0, padding = ""): Uint8Array {
  const text = new TextEncoder().encode(header + padding);
  const out = new Uint8Array(8 + text.length + dataSize);
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 8);
  return out;
}

const sample: [string, Tensor][] = [
  ["w", { dtype: "F32", shape: [2, 3], data: Float32Array.of(0, 1, -2, 0.5, 1e-20, 3e38) }],
  ["half", { dtype: "F16", shape: [3], data: Float32Array.of(1, -0.5, 65504) }],
  ["i8", { dtype: "I8", shape: [3], data: Int8Array.of(-128, 0, 127) }],
  ["u8", { dtype: "U8", shape: [1], data: Uint8Array.of(255) }],
  ["i32", { dtype: "I32", shape: [], data: Int32Array.of(-(2 ** 31)) }],
  ["i64", { dtype: "I64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) }],
  ["flag", { dtype: "BOOL", shape: [2], data: Uint8Array.of(1, 0) }],
  ["empty", { dtype: "F32", shape: [0, 5], data: new Float32Array(0) }],
];

describe("round trip", () => {
  test("every type comes back, whatever the order and the alignment of the bytes", () => {
    const bytes = writeSafetensors(sample, { b: "2", a: 'quote " and ü' });
    expect(writeSafetensors([...sample].reverse(), { a: 'quote " and ü', b: "2" })).toEqual(bytes);
    for (const shift of [0, 1, 3]) {
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      const { tensors, metadata } = readSafetensors(shifted);
      expect(metadata).toEqual({ a: 'quote " and ü', b: "2" });
      expect(tensors.size).toBe(sample.length);
      for (const [name, tensor] of sample) expect(tensors.get(name), name).toEqual(tensor);
    }
  });

  test("metadata that is null is none, as the reference implementation reads it", () => {
    const { tensors, metadata } = readSafetensors(file(`{"__metadata__":null,${tensor("a", 0, 1)}}`, 1));
    expect([[...tensors.keys()], metadata]).toEqual([["a"], {}]);
  });

  test("aligned data are views, and the header ends on a multiple of 8", () => {
    const bytes = writeSafetensors(sample);
    const { tensors } = readSafetensors(bytes);
    expect(tensors.get("w")?.data.buffer).toBe(bytes.buffer);
    expect(tensors.get("i64")?.data.buffer).toBe(bytes.buffer);
    expect(readSafetensorsHeader(bytes).entries[0].begin % 8).toBe(0);
    expect(readSafetensors(writeSafetensors([])).tensors.size).toBe(0);
  });

  test("a file of another writer: spaces, any key order, BF16", () => {
    const bytes = file('{ "x" : {"data_offsets": [0, 4],\n "shape":[2], "dtype":"BF16"} }   ', 4);
    bytes.set([0x80, 0x3f, 0x40, 0xc0], bytes.length - 4);
    expect(readSafetensors(bytes).tensors.get("x")).toEqual({
      dtype: "BF16",
      shape: [2],
      data: Float32Array.of(1, -3),
    });
  });

  test("the writer refuses what it cannot hold", () => {
    const write = (...tensors: [string, Tensor][]) => writeSafetensors(tensors);
    expect(() => write(["a", { dtype: "F32", shape: [3], data: new Float32Array(2) }])).toThrow(
      /needs 12 bytes, got 8/,
    );
    expect(() => write(["a", { dtype: "F16", shape: [1], data: Float32Array.of(1e5) }])).toThrow(/65504.*100000/);
    expect(() => write(["a", sample[0][1]], ["a", sample[0][1]])).toThrow(/"a" is taken/);
    expect(() => write(["__metadata__", sample[0][1]])).toThrow(FormatError);
    expect(() => write(["__proto__", sample[0][1]])).toThrow(/reserved/);
  });
});

const tensor = (name: string, begin: number, end: number, shape = `[${end - begin}]`) =>
  `"${name}":{"dtype":"U8","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("malformed files", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["no bytes", new Uint8Array(0), /at least 8 bytes/],
    ["a header size past the end", file("{}").subarray(0, 9), /does not fit/],
    ["a header size of 2^63", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 128, 0x7b, 0x7d), /at most 16777216 bytes, got 9223/],
    ["an empty header", file(""), /begins with \{/],
    ["a header that is a list", file("[]"), /begins with \{/],
    ["a header with a space first", file(" {}"), /begins with \{/],
    ["no UTF-8", file("{").fill(0xff, 8), /UTF-8/],
    ["text after the header", file("{} x"), /ends after its object/],
    ["trailing bytes", file(`{${tensor("a", 0, 2)}}`, 3), /end at byte \d+, the file at/],
    ["missing bytes", file(`{${tensor("a", 0, 2)}}`, 1), /lies at bytes/],
    ["a hole at the start", file(`{${tensor("a", 1, 2)}}`, 2), /leaves a hole/],
    ["a hole between", file(`{${tensor("a", 0, 1)},${tensor("b", 2, 3)}}`, 3), /"b" leaves a hole/],
    ["an overlap", file(`{${tensor("a", 0, 2)},${tensor("b", 1, 3)}}`, 3), /"b" overlaps/],
    ["a duplicate name", file(`{${tensor("a", 0, 1)},${tensor("a", 1, 2)}}`, 2), /"a" occurs twice/],
    ["a duplicate name in disguise", file(`{${tensor("a", 0, 1)},${tensor("\\u0061", 1, 2)}}`, 2), /occurs twice/],
    [
      "a duplicate key",
      file('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      /"dtype" occurs twice/,
    ],
    ["__proto__", file(`{${tensor("__proto__", 0, 1)}}`, 1), /__proto__/],
    ["__proto__ in metadata", file('{"__metadata__":{"__proto__":"x"}}'), /__proto__/],
    ["an unknown type", file('{"a":{"dtype":"F7","shape":[0],"data_offsets":[0,0]}}'), /dtype of F32.*F7/],
    ["a type from the prototype", file('{"a":{"dtype":"toString","shape":[0],"data_offsets":[0,0]}}'), /dtype of F32/],
    ["shape against size", file(`{${tensor("a", 0, 4, "[5]")}}`, 4), /needs 5 bytes, got 4/],
    ["an overflowing shape", file(`{${tensor("a", 0, 0, "[4294967296,4294967296]")}}`), /needs 18446744073709552000/],
    ["an overflowing shape times 0", file(`{${tensor("a", 0, 1, "[9007199254740991,0]")}}`, 1), /needs 0 bytes/],
    ["an unsafe integer", file(`{${tensor("a", 0, 0, "[9007199254740993]")}}`), /below 2\^53/],
    ["a negative integer", file(`{${tensor("a", 0, 0, "[-1]")}}`), /non-negative/],
    ["a fraction", file(`{${tensor("a", 0, 1, "[1.0]")}}`, 1), /non-negative integer/],
    ["an exponent", file(`{${tensor("a", 0, 1, "[1e0]")}}`, 1), /non-negative integer/],
    ["a leading zero", file(`{${tensor("a", 0, 1, "[01]")}}`, 1), /non-negative integer|expected/],
    ["offsets in reverse", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,0]}}', 1), /lies at bytes/],
    ["three offsets", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}'), /two integers, got 3/],
    ["a missing shape", file('{"a":{"dtype":"U8","data_offsets":[0,0]}}'), /shape of tensor "a" is a list/],
    ["an unknown key", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"extra":1}}'), /got "extra"/],
    ["a tensor that is a number", file('{"a":1}'), /described by an object/],
    ["a null in a shape", file(`{${tensor("a", 0, 1, "[null]")}}`, 1), /list of integers|integers/],
    ["metadata of numbers", file('{"__metadata__":{"a":1}}'), /metadata "a" is a string/],
    ["metadata that is a string", file('{"__metadata__":"a"}'), /object of strings/],
    ["deep nesting", file(`{"a":${"[".repeat(5000)}`), /at most 4 deep/],
    ["a long shape", file(`{${tensor("a", 0, 1, `[${Array(65).fill(1)}]`)}}`, 1), /at most 64 entries/],
    ["a string cut off", file('{"a'), /string is broken/],
    ["a control character in a string", file('{"a\n":1}'), /string is broken/],
    ["a trailing comma", file(`{${tensor("a", 0, 1)},}`, 1), /name is expected/],
    ["null", file('{"a":null}'), /described by an object/],
    ["a BOOL of 2", file('{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', 1).fill(2, -1), /0 and 1 only/],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("every truncation is refused; every flipped bit gives a file or a FormatError", () => {
    const bytes = writeSafetensors(sample, { note: "x" });
    for (let n = 0; n < bytes.length; n++) expect(() => readSafetensors(bytes.subarray(0, n))).toThrow(FormatError);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        readSafetensors(damaged);
      } catch (e) {
        if (!(e instanceof FormatError)) throw e;
      }
    }
  });

  test("any header text gives a file or a FormatError", () => {
    const pieces = [
      '"a"',
      ":",
      "{",
      "}",
      "[",
      "]",
      ",",
      "0",
      "9",
      "-",
      '"dtype"',
      '"U8"',
      '"shape"',
      '"data_offsets"',
      "\\",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        try {
          readSafetensors(file(`{${parts.join("")}`));
        } catch (e) {
          expect(e).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("files of other programs", () => {
  const file = (dtype: string, shape: number[], bytes: number) => {
    const header = new TextEncoder().encode(
      `{"a":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[0,${bytes}]}}`,
    );
    const out = new Uint8Array(8 + header.length + bytes);
    new DataView(out.buffer).setUint32(0, header.length, true);
    out.set(header, 8);
    return out;
  };

  test.each([
    ["F64", 8],
    ["U64", 8],
    ["U32", 4],
    ["U16", 2],
    ["I16", 2],
    ["F8_E4M3", 1],
    ["F8_E5M2", 1],
    ["F4", 0.5],
  ])("%s is listed, and refused by name only when it is read", (dtype, width) => {
    const whole = file(dtype, [2, 3], 6 * width);
    expect(readSafetensorsHeader(whole).entries[0]).toMatchObject({ name: "a", dtype, shape: [2, 3] });
    expect(() => readSafetensors(whole)).toThrow(`tensor "a" is ${dtype}, which is listed but not read`);
    expect(() => readSafetensorsHeader(file(dtype, [2, 3], 6 * width + 1))).toThrow(/needs .* bytes, got/);
  });

  test.each([
    ["version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n", /Git LFS pointer.*git lfs pull/],
    ["<!doctype html><html>", /web page/],
    ["PK\u0003\u0004.......", /a ZIP, perhaps of PyTorch/],
  ])("%j is said to be what it is", (text, message) => {
    expect(() => readSafetensorsHeader(new TextEncoder().encode(text))).toThrow(message);
  });
});
