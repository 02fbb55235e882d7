/** Parsers of what people hand in: scenes, pictures with scenes, segmentations, links, captions. @module */

import { deflateRawSync, deflateSync } from "node:zlib";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { joinBytes } from "@scenograph/graph/formats/bytes";
import fc from "fast-check";
import { slugOf } from "scenograph/cli/session-files";
import { decodePicture } from "scenograph/draw/picture";
import { crc32 } from "scenograph/formats/crc";
import { readPngChunks, readPngHeader, writePngText } from "scenograph/formats/png";
import { bitmapToMask, checkMask, decodeCounts, encodeCounts, maskToBitmap } from "scenograph/formats/rle";
import { backgroundOf, timeOf } from "scenograph/ours/text/background";
import { findCategories, toldCounts } from "scenograph/ours/text/categories";
import { mirrorCaption } from "scenograph/ours/text/mirror";
import { tokenize } from "scenograph/paper/text/tokenize";
import { sceneToCoco, segmentationToMask } from "scenograph/scene/coco";
import { sceneFromPng, sceneToPng } from "scenograph/scene/png";
import { parseScene, restoreScene } from "scenograph/scene/restore";
import type { Picture, Scene } from "scenograph/scene/scene";
import sharp from "sharp";
import { fromLink, type Imported, importFile, toLink } from "../../../packages/studio/src/model/importing.ts";
import { stateOfSnapshot } from "../../../packages/studio/src/model/snapshot.ts";
import { INITIAL_VIEW } from "../../../packages/studio/src/model/state.ts";
import type { Target } from "../judge.ts";
import { bytesOf, damaged, hostileJson, hostileJsonBytes } from "../mutations.ts";

const SCENE: Scene = {
  version: 2,
  caption: "a dog\u2019s bus",
  width: 32,
  height: 24,
  seed: 7,
  model: "tiny",
  objects: [
    { id: "o1", label: "dog", box: [0.1, 0.2, 0.5, 0.6], score: 0.5, locked: true },
    { id: "o2", label: "bus", box: [0, 0, 1, 1], mask: { width: 4, height: 3, counts: [2, 5, 5] }, hidden: false },
  ],
};

/** A scene that came out must be one: it comes back equal, without repairs. */
function whole(value: unknown): void {
  const notes: string[] = [];
  const again = JSON.stringify(restoreScene(JSON.parse(JSON.stringify(value)), notes));
  if (again !== JSON.stringify(value) || notes.length > 0) throw new Error(`restored again it is another: ${notes[0]}`);
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const sceneText = JSON.stringify(SCENE);
const mask = (width: number, height: number, counts: unknown) =>
  bytesOf(
    `{"width":${width},"height":${height},"objects":[{"label":"dog","box":[0,0,1,1],"mask":{"width":${width},"height":${height},"counts":${JSON.stringify(counts)}}}]}`,
  );

const scene: Target = {
  name: "scene",
  valid: [bytesOf(sceneText)],
  hostile: hostileJsonBytes(SCENE),
  known: {
    "a mask of 4 gigapixels": () => mask(65536, 65536, [2 ** 32]),
    "sides of 2^53": () => mask(2 ** 53, 2 ** 53, [1]),
    "a million empty runs": () => mask(8, 8, [...new Array(1e6).fill(0), 64]),
    "nesting without end": () => bytesOf(`{"width":${"[".repeat(5e5)}${"]".repeat(5e5)}}`),
    "100,000 objects": () => bytesOf(`{"width":8,"height":8,"objects":[${new Array(1e5).fill("{}")}]}`),
    "a hundred objects of one id": () =>
      bytesOf(`{"width":8,"height":8,"objects":[${new Array(100).fill('{"id":"o1","label":"dog","box":[0,0,1,1]}')}]}`),
    "16 million characters and one": () => bytesOf(`"${"x".repeat(2 ** 24)}"`),
  },
  errors: [FormatError],
  parse: (bytes) => parseScene(text(bytes)),
  check: whole,
};

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Stated in place of the true one. */
  readonly length?: number;
}

/** A file of chunks with right checksums. */
function pngOf(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ type, data, length = data.length }) => {
    const out = new Uint8Array(data.length + 12);
    const view = new DataView(out.buffer);
    view.setUint32(0, length);
    out.set(bytesOf(type).subarray(0, 4), 4);
    out.set(data, 8);
    view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
    return out;
  });
  return joinBytes([Uint8Array.from(SIGNATURE), ...parts]);
}

function ihdr(width: number, height: number, depth = 8, color = 2, interlace = 0): Chunk {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, color, 0, 0, interlace], 8);
  return { type: "IHDR", data };
}

const rows = new Uint8Array(2 * (1 + 3 * 3)).map((_, i) => (i % 10 === 0 ? 0 : i * 11));
const IDAT: Chunk = { type: "IDAT", data: new Uint8Array(deflateSync(rows)) };
const IEND: Chunk = { type: "IEND", data: new Uint8Array(0) };
const CHUNKS: readonly Chunk[] = [ihdr(3, 2), IDAT, IEND];
const plain = pngOf(CHUNKS);
const carrying = sceneToPng(plain, { ...SCENE, objects: [] });
const jpeg = new Uint8Array(await sharp(Buffer.from(plain)).jpeg().toBuffer());

/** Chunks dropped, doubled, filled, renamed, with sizes that are not theirs; pictures that declare themselves huge. */
const strangePng = fc
  .record({
    header: fc.oneof(
      fc.constant(ihdr(3, 2)),
      fc
        .tuple(
          fc.constantFrom(0, 1, 3, 4096, 65535, 0x7fffffff, 0xffffffff),
          fc.constantFrom(0, 1, 2, 4096, 0xffffffff),
          fc.constantFrom(0, 1, 2, 8, 16, 255),
          fc.constantFrom(0, 1, 2, 3, 4, 6, 9),
          fc.constantFrom(0, 1, 2),
        )
        .map((args) => ihdr(...args)),
    ),
    more: fc.array(
      fc.record({
        type: fc.constantFrom(
          "tEXt",
          "iTXt",
          "zTXt",
          "IDAT",
          "PLTE",
          "tRNS",
          "iCCP",
          "eXIf",
          "IHDR",
          "IEND",
          "zzzz",
          "....",
          "gAMA",
        ),
        data: fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc
            .constantFrom(
              "scenograph\0{}",
              `scenograph\0\0\0\0\0${sceneText}`,
              "scenograph\0\0\0\0\0{",
              "scenograph\0\u0001\0\0\0",
              "scenograph\0\0",
              "scenograph",
              "\0",
            )
            .map(bytesOf),
          fc.constantFrom(10, 100_000).map((n) => new Uint8Array(deflateSync(new Uint8Array(n)))),
        ),
        length: fc.option(fc.constantFrom(0, 1, 0x7fffffff, 0xffffffff), { nil: undefined, freq: 6 }),
        at: fc.nat(3),
        times: fc.constantFrom(1, 1, 1, 2, 300),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ header, more }) => {
    const chunks = [header, ...CHUNKS.slice(1)];
    for (const { type, data, length, at, times } of more)
      chunks.splice(at, 0, ...new Array<Chunk>(times).fill({ type, data, length }));
    return pngOf(chunks);
  });

const PICTURES: Record<string, () => Uint8Array> = {
  "a picture of 2^32 by 2^32 pixels": () => pngOf([ihdr(0xffffffff, 0xffffffff), IDAT, IEND]),
  "a chunk of 4 GB": () => pngOf([ihdr(3, 2), { ...IDAT, length: 0xffffffff }, IEND]),
  "16 million pixels in 16 kB": () => {
    const row = new Uint8Array(1 + 4096 / 8);
    const all = joinBytes(new Array<Uint8Array>(4096).fill(row));
    return pngOf([ihdr(4096, 4096, 1, 0), { type: "IDAT", data: new Uint8Array(deflateSync(all)) }, IEND]);
  },
  "a megabyte that inflates to a gigabyte": () => {
    const bomb = new Uint8Array(deflateSync(new Uint8Array(2 ** 26), { level: 9 }));
    return pngOf([ihdr(3, 2), { type: "iCCP", data: joinBytes([bytesOf("x\0\0"), bomb]) }, IDAT, IEND]);
  },
  "100,001 chunks": () => pngOf([ihdr(3, 2), ...new Array<Chunk>(100_000).fill({ ...IEND, type: "zzzz" }), IEND]),
};

const pngText: Target = {
  name: "scene in a PNG",
  valid: [carrying],
  hostile: fc.oneof(
    strangePng,
    damaged([carrying]),
    hostileJson(SCENE).map((t) => writePngText(plain, "scenograph", t.slice(0, 2 ** 20))),
  ),
  known: PICTURES,
  errors: [FormatError],
  parse(bytes) {
    readPngHeader(bytes);
    readPngChunks(bytes);
    return sceneFromPng(bytes);
  },
  check: (value) => value === undefined || whole(value),
};

const picture: Target = {
  name: "picture",
  valid: [plain, jpeg],
  hostile: fc.oneof(strangePng, damaged([plain, jpeg])),
  known: PICTURES,
  errors: [FormatError],
  // decoding 16 million pixels
  ms: 3000,
  allocation: "unwatched",
  stride: 23,
  parse: decodePicture,
  check(value) {
    const { width, height, data } = value as Picture;
    if (data.length !== width * height * 3 || width * height > 2 ** 24) throw new Error(`${width} x ${height}`);
  },
};

const counts = encodeCounts([2, 5, 5, 1, 300, 1117]);
const runs: Target = {
  name: "run lengths",
  valid: [bytesOf(counts)],
  hostile: fc.oneof(
    damaged([bytesOf(counts)]),
    fc.array(fc.integer({ min: 48, max: 111 }), { maxLength: 200 }).map((codes) => Uint8Array.from(codes)),
    fc.array(fc.nat(2 ** 26), { maxLength: 10 }).map((list) => bytesOf(encodeCounts(list))),
  ),
  known: {
    "a megabyte of runs": () => new Uint8Array(1e6).fill(49),
    "a run without end": () => new Uint8Array(1e6).fill(111),
  },
  errors: [FormatError],
  parse(bytes) {
    const list = decodeCounts(text(bytes));
    const height = 10;
    const width = list.reduce((a, b) => a + b, 0) / height;
    const checked = checkMask({ width, height, counts: list });
    return width * height > 2 ** 16 ? checked : bitmapToMask(maskToBitmap(checked), width, height);
  },
};

const segmentations = [
  { size: [10, 20], counts: [3, 7, 190] },
  { size: [10, 20], counts: encodeCounts([3, 7, 190]) },
  [
    [0, 0, 3, 0, 3, 3.5],
    [1, 1, 4, 1, 4, 3, 1, 3],
  ],
];
const segmentation: Target = {
  name: "segmentation",
  valid: segmentations.map((s) => bytesOf(JSON.stringify({ images: [], s }))),
  hostile: fc.oneof(
    ...segmentations.map((s) => hostileJson(s).map((t) => bytesOf(`{"s":${t}}`))),
    fc
      .array(fc.array(fc.double({ noNaN: false }), { maxLength: 12 }), { maxLength: 4 })
      .map((s) => bytesOf(JSON.stringify({ s }))),
  ),
  known: {
    "outlines of millions of pixels": () =>
      bytesOf(JSON.stringify({ s: new Array(100).fill([0, 0, 1e6, 1e6, 0, 1e6]) })),
    "10,000 polygons": () => bytesOf(JSON.stringify({ s: new Array(1e4).fill([0, 0, 2, 0, 2, 2]) })),
    "a zigzag": () => bytesOf(JSON.stringify({ s: [Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 8000)] })),
  },
  errors: [FormatError],
  parse(bytes) {
    const made = importFile(
      bytesOf(
        `{"images":[{"id":1,"width":20,"height":10}],"annotations":[{"image_id":1,"category_id":18,"bbox":[0,0,20,10],"segmentation":${segmentationText(bytes)}}]}`,
      ),
      "x",
      64,
    );
    const masked = made.scene.objects[0]?.mask;
    return (
      masked &&
      checkMask(
        segmentationToMask({ size: [masked.height, masked.width], counts: masked.counts }, masked.width, masked.height),
      )
    );
  },
};

/** What stands under "s"; the whole text where that cannot be told, for the parser to refuse. */
function segmentationText(bytes: Uint8Array): string {
  const all = text(bytes);
  const at = all.indexOf('"s":');
  return at < 0 ? all : all.slice(at + 4, -1);
}

const coco = sceneToCoco({ ...SCENE, width: 8, height: 8 }, "a.png");
const dropped: Target = {
  name: "file dropped on the studio",
  valid: [bytesOf(JSON.stringify(coco)), carrying],
  hostile: fc.oneof(hostileJsonBytes(coco), hostileJsonBytes(SCENE), strangePng, damaged([jpeg])),
  known: {
    "a hundred masks of 16 million pixels": () =>
      bytesOf(
        JSON.stringify({
          ...SCENE,
          objects: Array.from({ length: 100 }, (_, i) => ({
            id: `o${i}`,
            label: "dog",
            box: [0, 0, 1, 1],
            mask: { width: 4096, height: 4096, counts: [i, 4096 * 4096 - i] },
          })),
        }),
      ),
    "a COCO file of 100,000 objects": () =>
      bytesOf(
        JSON.stringify({
          ...coco,
          annotations: new Array(1e5).fill({ ...coco.annotations[1], scenograph: undefined }),
        }),
      ),
  },
  errors: [FormatError],
  ms: 1000,
  stride: 2,
  parse: (bytes) => importFile(bytes, "a\nb.json", 64),
  check: (value) => whole((value as Imported).scene),
};

const link = await toLink(SCENE);
const base64url = (bytes: Uint8Array) => bytesOf(Buffer.from(bytes).toString("base64url"));
const links: Target = {
  name: "link",
  valid: [bytesOf(link)],
  hostile: fc.oneof(
    hostileJsonBytes(SCENE).map((bytes) => base64url(deflateRawSync(bytes))),
    damaged([bytesOf(link)]),
    damaged([deflateRawSync(sceneText)]).map(base64url),
  ),
  known: { "64 megabytes of zeros in 64 kB": () => base64url(deflateRawSync(new Uint8Array(2 ** 26))) },
  errors: [FormatError],
  ms: 300,
  stride: 2,
  parse: (bytes) => fromLink(text(bytes)),
  check: whole,
};

const SNAPSHOT = {
  format: 1,
  doc: { scene: SCENE, painted: ["o2"], stale: ["masks"], picture: "k" },
  history: { past: [], future: [] },
  view: { ...INITIAL_VIEW, selected: "o1" },
};
const snapshot: Target = {
  name: "stored document of the studio",
  valid: [bytesOf(JSON.stringify(SNAPSHOT))],
  hostile: hostileJson(SNAPSHOT).map(bytesOf),
  errors: [FormatError],
  // storage holds values: what is no JSON cannot come
  parse(bytes) {
    let value: unknown;
    try {
      value = JSON.parse(text(bytes));
    } catch {
      return undefined;
    }
    return stateOfSnapshot(value);
  },
  check: (value) => value === undefined || whole((value as ReturnType<typeof stateOfSnapshot>).doc.scene),
};

const LONGEST = 4000;
const caption: Target = {
  name: "caption",
  valid: [bytesOf("two men's horse-riding dogs on a bus, left of 3 caf\u00e9s")],
  hostile: fc
    .oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "a ",
            "dog",
            "-",
            "'",
            "two ",
            "hot ",
            "dogs",
            "left of ",
            "\u0301",
            "\ud800",
            "\u202e",
            "\n",
            "9",
          ),
          { maxLength: 40 },
        )
        .map((parts) => parts.join("").repeat(LONGEST)),
    )
    .map((t) => bytesOf(t.slice(0, LONGEST))),
  known: Object.fromEntries(
    ["-", "'", "a-", "a'", "hot dog ", "two ", "\u0301", "left of right of "].map((part) => [
      `4000 characters of ${JSON.stringify(part)}`,
      () => bytesOf(part.repeat(LONGEST).slice(0, LONGEST)),
    ]),
  ),
  // no word in it
  errors: [UserError],
  parse(bytes) {
    const sentence = text(bytes);
    slugOf(sentence);
    mirrorCaption(sentence);
    findCategories(sentence);
    toldCounts(sentence);
    backgroundOf(sentence);
    timeOf(sentence);
    return tokenize(sentence);
  },
};

export const SCENES: readonly Target[] = [
  scene,
  pngText,
  picture,
  runs,
  segmentation,
  dropped,
  links,
  snapshot,
  caption,
];
