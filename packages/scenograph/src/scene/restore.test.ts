import { FormatError } from "@scenograph/graph/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitmapToMask } from "../formats/rle.ts";
import { CATEGORIES } from "./categories.ts";
import { parseScene, restoreScene } from "./restore.ts";
import type { Scene } from "./scene.ts";

const valid: Scene = {
  version: 2,
  caption: "a dog and a person",
  width: 64,
  height: 64,
  seed: 7,
  model: "illustrated",
  objects: [
    { id: "o1", label: "dog", box: [0.1, 0.2, 0.3, 0.4], mask: { width: 2, height: 2, counts: [0, 1, 3] }, score: 0.5 },
    { id: "b", label: "traffic light", box: [0, 0, 1, 1], locked: true, hidden: false },
  ],
};

function restored(value: unknown): { scene: Scene; notes: string[] } {
  const notes: string[] = [];
  return { scene: restoreScene(value, notes), notes };
}

const withObjects = (...objects: unknown[]) => ({ ...valid, objects });
const dog = { id: "d", label: "dog", box: [0.1, 0.1, 0.2, 0.2] };

test("a valid scene comes back equal, without notes", () => {
  expect(restored(valid)).toEqual({ scene: valid, notes: [] });
  expect(parseScene(JSON.stringify(valid))).toEqual(valid);
});

describe("repairs", () => {
  test("what is missing is supplied", () => {
    const { scene, notes } = restored({ width: 64, height: 32, objects: [{ label: "dog", box: [0, 0, 1, 1] }] });
    expect(scene).toEqual({
      version: 2,
      caption: "",
      width: 64,
      height: 32,
      seed: 0,
      objects: [{ id: "o1", label: "dog", box: [0, 0, 1, 1] }],
    });
    expect(notes).toEqual([]);
  });

  test("everything but the label has a default", () => {
    const { scene, notes } = restored({ caption: "a cat", objects: [{ label: "cat" }] });
    expect(scene).toEqual({
      version: 2,
      caption: "a cat",
      width: 128,
      height: 128,
      seed: 0,
      objects: [{ id: "o1", label: "cat", box: [0.25, 0.25, 0.5, 0.5] }],
    });
    expect(notes).toEqual([]);
    expect(restoreScene({ caption: "a cat", height: 96 })).toMatchObject({ width: 96, height: 96 });
  });

  test("version 1 opens as version 2", () => {
    expect(restored({ ...valid, version: 1 })).toEqual({ scene: valid, notes: [] });
  });

  test("codes, colour, phrase, and a thing without a category pass", () => {
    const lamp = { id: "l", label: null, phrase: "a lamp", like: "vase", box: [0, 0, 0.5, 0.5] };
    const coded = { ...dog, pose: 3, look: 255, colour: "#a0b1c2", phrase: "a brown dog" };
    expect(restored(withObjects(coded, lamp))).toEqual({ scene: withObjects(coded, lamp), notes: [] });
  });

  test.each<[string, unknown[], unknown[], RegExp]>([
    [
      "a box over two edges",
      [{ ...dog, box: [-0.5, 0.75, 1, 0.5] }],
      [{ ...dog, box: [0, 0.75, 0.5, 0.25] }],
      /clipped to \[0,0.75,0.5,0.25\]/,
    ],
    ["a box outside", [dog, { ...dog, id: "e", box: [1.2, 0, 0.5, 0.5] }], [dog], /objects\[1\].box .* dropped/],
    ["a box without area", [{ ...dog, box: [0.5, 0.5, 0, 0.2] }], [], /no area/],
    ["a box of negative width", [{ ...dog, box: [0.5, 0.5, -0.2, 0.2] }], [], /no area/],
    ["a doubled id", [dog, dog], [dog, { ...dog, id: "o1" }], /objects\[1\].id "d" is taken: set to "o1"/],
    [
      "a label in capitals",
      [{ ...dog, label: " Traffic_Light" }],
      [{ ...dog, label: "traffic light" }],
      /read as "traffic light"/,
    ],
    ["a score", [{ ...dog, score: 3 }], [dog], /no probability/],
    ["an unknown field", [{ ...dog, size: "red" }], [dog], /objects\[0\].size is no field/],
    ["a colour by name", [{ ...dog, colour: "red" }], [dog], /objects\[0\].colour is "#rrggbb", got "red": dropped/],
    ["a colour in capitals", [{ ...dog, colour: "#FF0000" }], [{ ...dog, colour: "#ff0000" }], /read as "#ff0000"/],
    [
      "a long phrase",
      [{ ...dog, phrase: "x".repeat(10_000) }],
      [{ ...dog, phrase: "x".repeat(400) }],
      /phrase has 10000 characters: cut to 400/,
    ],
    [
      "a broken mask",
      [{ ...dog, mask: { width: 2, height: 2, counts: [3] } }],
      [dog],
      /mask was dropped: .*sum to 4, got 3/,
    ],
    [
      "a huge mask",
      [{ ...dog, mask: { width: 1e9, height: 1e9, counts: [1e18] } }],
      [dog],
      /mask was dropped: .*at most/,
    ],
    [
      "empty runs of a mask",
      [{ ...dog, mask: { width: 2, height: 2, counts: [1, 0, 1, 2] } }],
      [{ ...dog, mask: { width: 2, height: 2, counts: [2, 2] } }],
      /empty runs: merged/,
    ],
  ])("%s", (_, before, after, message) => {
    const { scene, notes } = restored(withObjects(...before));
    expect(scene.objects).toEqual(after);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(message);
  });

  test("a fresh id does not take one that comes later", () => {
    const { scene } = restored(withObjects(dog, dog, { ...dog, id: "o1" }));
    expect(scene.objects.map((o) => o.id)).toEqual(["d", "o2", "o1"]);
  });

  test("edges that miss by rounding are left alone, so that locked boxes keep their bits", () => {
    const box = [0.7, 0.1, 0.30000000000000004, 0.9];
    expect(restored(withObjects({ ...dog, box }))).toEqual({ scene: withObjects({ ...dog, box }), notes: [] });
  });

  test("notes do not grow without end", () => {
    const junk = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    expect(restored({ ...valid, ...junk }).notes).toHaveLength(51);
  });
});

describe("refusals", () => {
  test.each<[string, unknown, RegExp]>([
    ["null", null, /a scene is an object .*, got null/],
    ["a list", [], /a scene is an object/],
    ["a newer version", { ...valid, version: 3 }, /versions 1 and 2, got 3; a newer Scenograph/],
    ["a newer version of another shape", { version: 3, layers: [] }, /a newer Scenograph/],
    ["version 0", { ...valid, version: 0 }, /version is 1 or 2, got 0/],
    [
      "an unknown label",
      withObjects({ ...dog, label: "zebro" }),
      /objects\[0\].label .* got "zebro"; did you mean "zebra"\?/,
    ],
    ["a label like nothing", withObjects({ ...dog, label: "qqqqqqqqq" }), /write a name like/],
    ["a label of the prototype", withObjects({ ...dog, label: "__proto__" }), /COCO categories/],
    ["a box in pixels", withObjects({ ...dog, box: [10, 20, 30, 40] }), /divide pixels by width and height/],
    ["three numbers", withObjects({ ...dog, box: [0, 0, 1] }), /objects\[0\].box is \[x, y, w, h\], got \[0,0,1\]/],
    ["a number as text", withObjects({ ...dog, box: [0, 0, 1, "1"] }), /objects\[0\].box\[3\] is a number, got "1"/],
    ["NaN", withObjects({ ...dog, box: [0, 0, 1, Number.NaN] }), /box\[3\] is a number/],
    ["infinity", withObjects({ ...dog, box: [0, 0, 1, Number.POSITIVE_INFINITY] }), /box\[3\] is a number/],
    ["an id that is a number", withObjects({ ...dog, id: 5 }), /objects\[0\].id is text, got 5/],
    ["an empty id", withObjects({ ...dog, id: "" }), /id is not empty/],
    ["locked as text", withObjects({ ...dog, locked: "yes" }), /locked is true or false, got "yes"/],
    ["a mask as text", withObjects({ ...dog, mask: "0Z1" }), /mask is \{width, height, counts\}, got "0Z1"/],
    ["an object that is a list", withObjects([]), /objects\[0\] is \{id, label, box/],
    ["objects that are none", { ...valid, objects: {} }, /objects is a list, got \{\}/],
    ["too many objects", withObjects(...Array(101).fill(dog)), /objects has at most 100 objects, got 101 entries/],
    ["one pixel", { ...valid, width: 1, height: 1 }, /width is at least 8 pixels, got 1/],
    ["too many pixels", { ...valid, height: 1e6 }, /height is at most 4096 pixels, got 1000000/],
    ["something else", { name: "scenograph" }, /a scene has a caption or objects, got \{/],
    ["no label and no phrase", withObjects({ ...dog, label: null }), /label is null only for a thing with a phrase/],
    ["a code below zero", withObjects({ ...dog, pose: -1 }), /objects\[0\].pose is not negative, got -1/],
    ["half a code", withObjects({ ...dog, look: 0.5 }), /objects\[0\].look is a whole number, got 0.5/],
    ["like an unknown thing", withObjects({ ...dog, label: null, phrase: "a lamp", like: "lamp" }), /\.like is one of/],
    ["half a pixel", { ...valid, width: 64.5 }, /whole number of pixels, got 64.5/],
    ["a seed below zero", { ...valid, seed: -1 }, /seed is not negative, got -1/],
    ["a seed with a fraction", { ...valid, seed: 0.5 }, /seed is a whole number/],
    ["a long caption", { ...valid, caption: "word ".repeat(10_000) }, /caption has at most 4000 characters, got "word/],
    ["a caption that is a number", { ...valid, caption: 5 }, /caption is text, got 5/],
  ])("%s", (_, value, message) => {
    const act = () => restoreScene(value);
    expect(act).toThrow(FormatError);
    expect(act).toThrow(message);
    try {
      act();
    } catch (e) {
      expect((e as Error).message).not.toMatch(/\n/);
      expect((e as Error).message.length).toBeLessThan(260);
    }
  });

  test("text that is no JSON", () => {
    expect(() => parseScene("{")).toThrow(/parseScene\(\): a scene is JSON/);
    expect(() => parseScene("")).toThrow(FormatError);
  });
});

describe("damage", () => {
  test("any truncation or flipped bit gives a scene or a FormatError", () => {
    const bytes = new TextEncoder().encode(JSON.stringify(valid));
    const attempt = (b: Uint8Array) => {
      try {
        parseScene(new TextDecoder().decode(b));
      } catch (e) {
        if (!(e instanceof FormatError)) throw e;
      }
    };
    for (let n = 0; n < bytes.length; n++) attempt(bytes.subarray(0, n));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      attempt(damaged);
    }
  });

  test("values that are nested without end are refused by name", () => {
    const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    expect(() => parseScene(`{"width":${deep},"height":8}`)).toThrow("width is a number, got [[[[...]]]]");
    expect(parseScene(`{"caption":"","width":8,"height":8,"depth":${deep}}`).objects).toEqual([]);
  });

  test("__proto__ has no meaning", () => {
    const notes: string[] = [];
    const scene = parseScene(`{"__proto__":{"polluted":1},${JSON.stringify(valid).slice(1)}`, notes);
    expect(scene).toEqual(valid);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("restoring twice changes nothing more", () => {
    const coordinate = fc.double({ min: -0.5, max: 1, noNaN: true });
    const objects = fc.array(
      fc.record(
        {
          id: fc.constantFrom("a", "b", "o1"),
          label: fc.constantFrom(...CATEGORIES.map((c) => c.name)),
          box: fc.tuple(coordinate, coordinate, coordinate, coordinate),
          mask: fc.uint8Array({ minLength: 6, maxLength: 6, max: 1 }).map((bitmap) => bitmapToMask(bitmap, 3, 2)),
          score: fc.double(),
          locked: fc.boolean(),
        },
        { requiredKeys: ["label", "box"] },
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(objects, (list) => {
        fc.pre(!list.some((o) => Number.isNaN(o.score) || Math.abs(o.score ?? 0) === Number.POSITIVE_INFINITY));
        const once = restored({ ...valid, objects: list }).scene;
        expect(restored(once)).toEqual({ scene: once, notes: [] });
        expect(new Set(once.objects.map((o) => o.id)).size).toBe(once.objects.length);
      }),
      { numRuns: 200 },
    );
  });
});
