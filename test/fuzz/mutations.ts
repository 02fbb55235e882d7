/** Damaged and hostile inputs, for any parser. @module */

import { joinBytes } from "@scenograph/graph/formats/bytes";
import fc from "fast-check";

export const utf8 = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return utf8.encode(text);
}

/** Every prefix that is shorter than the whole, of every `stride`-th length. */
export function* truncations(bytes: Uint8Array, stride = 1): Generator<Uint8Array> {
  for (let n = 0; n < bytes.length; n += stride) yield bytes.slice(0, n);
}

/** The bytes with one bit flipped, for every `stride`-th bit. */
export function* bitFlips(bytes: Uint8Array, stride = 1): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += stride) {
    const out = bytes.slice();
    out[bit >> 3] ^= 1 << (bit & 7);
    yield out;
  }
}

/** Numbers that sizes, offsets and counts are replaced by. */
const EXTREMES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** Bytes with some stretches overwritten, removed, doubled or filled with extreme numbers; or others altogether. */
export function damaged(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    kind: fc.constantFrom("overwrite", "insert", "remove", "double", "uint32", "uint64"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(24),
    bytes: fc.uint8Array({ maxLength: 12 }),
    extreme: fc.constantFrom(...EXTREMES),
    big: fc.boolean(),
  });
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  const changed = fc.tuple(fc.constantFrom(...valid), edits).map(([bytes, list]) =>
    list.reduce((b, { kind, at, length, bytes: other, extreme, big }) => {
      const i = Math.floor(at * b.length);
      if (kind === "insert") return joinBytes([b.subarray(0, i), other, b.subarray(i)]);
      if (kind === "remove") return joinBytes([b.subarray(0, i), b.subarray(i + length)]);
      if (kind === "double") return joinBytes([b.subarray(0, i + length), b.subarray(i)]);
      if (kind === "overwrite") return joinBytes([b.subarray(0, i), other, b.subarray(i + other.length)]);
      const number = new Uint8Array(kind === "uint32" ? 4 : 8);
      new DataView(number.buffer).setUint32(0, extreme, !big);
      return joinBytes([b.subarray(0, i), number, b.subarray(i + number.length)]);
    }, bytes),
  );
  return fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) });
}

const DEEP = 20_000;

/** JSON texts that a value is replaced by: wrong types, extreme numbers, deep and long things, names with a meaning. */
const HOSTILE: readonly string[] = [
  ..."null true false 0 1 -1 0.5 -0 2 3 8 100 1e-320 1e308 -1e308 1e999 -1e999".split(" "),
  ..."2147483647 2147483648 4294967295 4294967296 9007199254740991 9007199254740992 9007199254740993".split(" "),
  ..."-9007199254740993 18446744073709551616 67108865 4097".split(" "),
  ...[
    '""',
    '"x"',
    '"0"',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"a\\nb\\u001b[31m"',
    '"__proto__"',
    '"constructor"',
    '"NaN"',
  ],
  ...["[]", "{}", "[[]]", "[null]", "[0]", "[1e999]", "[-1]", "[[[[1]]]]", '{"__proto__":{"a":1}}', '{"length":1e9}'],
  `"${"a".repeat(50_000)}"`,
  `[${new Array(20_000).fill("0").join(",")}]`,
  `[${new Array(2000).fill("{}").join(",")}]`,
  `[${new Array(2000).fill("[1,2]").join(",")}]`,
  `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
];

const NAMES = ["__proto__", "constructor", "toString", "", "a", "x".repeat(5000), "a\nb", "\ud800"];

interface Edit {
  readonly kind: "replace" | "remove" | "repeat" | "rename" | "more";
  readonly at: number;
  readonly raw: string;
  readonly name: string;
  readonly times: number;
}

/** JSON texts of `value` with one to three places changed: see `HOSTILE`; keys removed, doubled, renamed; items repeated. */
export function hostileJson(value: unknown): fc.Arbitrary<string> {
  const places = countPlaces(value);
  const edit: fc.Arbitrary<Edit> = fc.record({
    kind: fc.constantFrom("replace", "replace", "replace", "remove", "repeat", "rename", "more"),
    at: fc.nat(places - 1),
    raw: fc.constantFrom(...HOSTILE),
    name: fc.constantFrom(...NAMES),
    times: fc.constantFrom(2, 2, 3, 150, 2000),
  });
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => rendered(value, edits));
}

function countPlaces(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((n: number, v) => n + countPlaces(v), 1);
}

function rendered(value: unknown, edits: readonly Edit[]): string {
  let place = 0;
  const write = (v: unknown): { text: string; edit: Edit | undefined } => {
    const at = place++;
    const edit = edits.find((e) => e.at === at);
    let text: string;
    if (typeof v !== "object" || v === null) text = JSON.stringify(v);
    else if (Array.isArray(v)) text = `[${v.flatMap((item) => within(write(item))).join(",")}]`;
    else
      text = `{${Object.entries(v)
        .flatMap(([key, item]) => within(write(item), key))
        .join(",")}}`;
    if (edit?.kind === "replace") text = edit.raw;
    if (edit?.kind === "more") text = `${text.slice(0, -1)}${text.length > 2 ? "," : ""}${edit.raw}${text.slice(-1)}`;
    return { text, edit };
  };
  const within = ({ text, edit }: ReturnType<typeof write>, key?: string): string[] => {
    if (edit?.kind === "remove") return [];
    const name = edit?.kind === "rename" ? edit.name : key;
    const entry = key === undefined ? text : `${JSON.stringify(name)}:${text}`;
    return edit?.kind === "repeat" ? new Array<string>(edit.times).fill(entry) : [entry];
  };
  return write(value).text;
}

/** JSON texts as bytes, hostile and damaged. */
export function hostileJsonBytes(...values: readonly unknown[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...values.map((v) => hostileJson(v).map(bytesOf))) },
    { weight: 1, arbitrary: damaged(values.map((v) => bytesOf(JSON.stringify(v)))) },
  );
}
