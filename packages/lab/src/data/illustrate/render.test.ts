import { stream } from "@scenograph/graph/random";
import { BACKGROUND_KINDS, TIMES } from "scenograph/ours/text/background";
import { WEATHERS } from "scenograph/ours/text/weather";
import { CATEGORIES, classIndex } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { drawBackdrop, HORIZONS } from "./backdrop.ts";
import { COLOURS, toHsl } from "./colour.ts";
import { type LayoutObject, planScene } from "./plan.ts";
import { rasterise } from "./raster.ts";
import { type Rendered, renderPlan } from "./render.ts";
import { drawLook, lookAspect } from "./sprites.ts";
import { VIEWS } from "./views.ts";

const object = (label: string, ...box: [number, number, number, number]): LayoutObject => ({
  classIndex: classIndex(label),
  box,
});
const plan = (caption: string, layout: LayoutObject[], seed = 1, aspect = 1) =>
  planScene(caption, layout, stream(seed, "plan"), aspect);
const draw = (caption: string, layout: LayoutObject[], size = 64, seed = 1, aspect = 1): Rendered =>
  renderPlan(plan(caption, layout, seed, aspect), size);

test("every category has drawings that fill their trimmed box", () => {
  for (const { name } of CATEGORIES)
    for (const view of VIEWS[name]) {
      if (view.style === "figure") continue;
      expect(lookAspect({ view }), view.name).toBeGreaterThan(0.1);
      const { raster } = drawLook({ view }, { x: 0, y: 0, width: 20, height: 20 }, "right");
      const opaque = raster.data.filter((v, i) => i % 4 === 3 && v > 127).length;
      expect(opaque, view.name).toBeGreaterThan(40);
    }
});

test("backdrops cover the whole picture at every horizon and shape", () => {
  for (const kind of BACKGROUND_KINDS)
    for (const horizon of HORIZONS[kind])
      for (const aspect of [2 / 3, 16 / 9]) {
        const { data } = rasterise(drawBackdrop(kind, "day", "clear", horizon, aspect), 96);
        expect(
          data.every((v, i) => i % 4 !== 3 || v === 255),
          `${kind} ${horizon}`,
        ).toBe(true);
      }
});

const brightness = ({ picture }: Rendered) => picture.data.reduce((a, b) => a + b, 0) / picture.data.length;

test("night is darker than sunset, sunset than day; every weather shows", () => {
  const field = (words: string) => draw(`a dog in a field ${words}`, [object("dog", 0.3, 0.5, 0.4, 0.4)]);
  const [day, sunset, night] = ["", "at sunset", "at night"].map((w) => brightness(field(w)));
  expect(sunset).toBeLessThan(day - 8);
  expect(night).toBeLessThan(sunset - 40);
  expect(TIMES.length).toBe(3);
  const pictures = ["", "in the rain", "while it is snowing", "in the fog"].map(field);
  expect(pictures.length).toBe(WEATHERS.length);
  for (const [i, a] of pictures.entries())
    for (const b of pictures.slice(i + 1)) {
      const difference = a.picture.data.reduce((sum, v, p) => sum + Math.abs(v - b.picture.data[p]), 0);
      expect(difference / a.picture.data.length).toBeGreaterThan(8);
    }
  // The dog itself is darker at night as well.
  const dog = (r: Rendered) => meanColour(r).reduce((a, b) => a + b, 0);
  expect(dog(field("at night"))).toBeLessThan(dog(field("")) * 0.85);
});

/** Mean colour over an object's visible pixels. */
function meanColour({ picture, objects }: Rendered): number[] {
  const sum = [0, 0, 0];
  let n = 0;
  objects[0].visible.forEach((bit, p) => {
    if (!bit) return;
    n++;
    for (let c = 0; c < 3; c++) sum[c] += picture.data[p * 3 + c];
  });
  return sum.map((s) => s / n);
}

/** The colour that most of an object's pixels have, by cells of 16 levels; its mean within the cell. */
function mainColour({ picture, objects }: Rendered): string {
  const cells = new Map<number, [number, number, number, number]>();
  objects[0].visible.forEach((bit, p) => {
    if (!bit) return;
    const rgb = [0, 1, 2].map((c) => picture.data[p * 3 + c]);
    const key = rgb.reduce((k, v) => k * 16 + (v >> 4), 0);
    const [n, r, g, b] = cells.get(key) ?? [0, 0, 0, 0];
    cells.set(key, [n + 1, r + rgb[0], g + rgb[1], b + rgb[2]]);
  });
  const [n, ...sums] = [...cells.values()].sort((a, b) => b[0] - a[0])[0];
  return `#${sums
    .map((s) =>
      Math.round(s / n)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

const LAYOUTS: Record<string, LayoutObject[]> = {
  bus: [object("bus", 0.1, 0.4, 0.8, 0.42)],
  umbrella: [object("umbrella", 0.2, 0.2, 0.6, 0.6)],
  couch: [object("couch", 0.1, 0.4, 0.8, 0.4)],
  truck: [object("truck", 0.1, 0.4, 0.8, 0.42)],
  chair: [object("chair", 0.3, 0.3, 0.4, 0.65)],
  dog: [object("dog", 0.2, 0.3, 0.6, 0.6)],
  suitcase: [object("suitcase", 0.3, 0.3, 0.4, 0.6)],
  vase: [object("vase", 0.3, 0.3, 0.4, 0.6)],
};
const WORDINGS = [
  (c: string, n: string) => `A ${c} ${n}.`,
  (c: string, n: string) => `A ${n}. The ${n} is ${c}.`,
  (c: string, n: string) => `A ${n} painted ${c}.`,
  (c: string, n: string) => `There is a ${n}, which is ${c}, over there.`,
];

test("each wording gives the thing the colour that it says, in pixels", () => {
  for (const [noun, layout] of Object.entries(LAYOUTS))
    for (const [name, hex] of Object.entries(COLOURS))
      for (const [k, wording] of WORDINGS.entries()) {
        const caption = wording(name, noun);
        const [h, s, l] = toHsl(mainColour(draw(caption, layout, 64, k + 1)));
        const [hue, , light] = toHsl(hex);
        if (["white", "black", "gray"].includes(name)) {
          expect(s * (1 - Math.abs(2 * l - 1)), caption).toBeLessThan(0.12);
          expect(Math.abs(l - light), caption).toBeLessThan(0.2);
        } else expect(Math.abs(((h - hue + 540) % 360) - 180), caption).toBeLessThan(30);
      }
});

test("named shades are near their base colour and not it", () => {
  const seen = (word: string) => toHsl(mainColour(draw(`A ${word} bus.`, LAYOUTS.bus)));
  expect(seen("crimson")[2]).toBeLessThan(seen("red")[2] - 0.04);
  expect(seen("navy")[2]).toBeLessThan(seen("blue")[2] - 0.1);
  expect(seen("light blue")[2]).toBeGreaterThan(seen("blue")[2] + 0.1);
  expect(Math.abs(seen("turquoise")[0] - 180)).toBeLessThan(20);
});

/** Mean of rows [from, to) of an object's pixels, in fractions of its box. */
function rows({ picture, objects }: Rendered, from: number, to: number): [number, number, number] {
  const { box, visible } = objects[0];
  const sum = [0, 0, 0];
  let n = 0;
  for (let y = Math.round(box[1] + box[3] * from); y < box[1] + box[3] * to; y++)
    for (let x = box[0] + Math.round(box[2] * 0.3); x < box[0] + box[2] * 0.7; x++) {
      const p = y * picture.width + x;
      if (!visible[p]) continue;
      n++;
      for (let c = 0; c < 3; c++) sum[c] += picture.data[p * 3 + c];
    }
  return sum.map((s) => s / n) as [number, number, number];
}

test("clothes: a shirt above, trousers below; a dress; stripes", () => {
  const man = [object("person", 0.35, 0.05, 0.24, 0.9)];
  const [r1, , b1] = rows(draw("A man in a red shirt and blue trousers on the grass", man, 128), 0.3, 0.45);
  const [r2, , b2] = rows(draw("A man in a red shirt and blue trousers on the grass", man, 128), 0.68, 0.84);
  expect(r1).toBeGreaterThan(b1 + 60);
  expect(b2).toBeGreaterThan(r2 + 60);
  const dressed = draw("A woman in a green dress", man, 128);
  expect(dressed.objects[0].object.look.outfit?.lower).toBe("dress");
  const [r, g] = rows(dressed, 0.35, 0.6);
  expect(g).toBeGreaterThan(r + 40);
  const striped = plan("A boy in a blue-striped shirt", man).objects[0].look.outfit;
  expect(striped?.stripes).toBeDefined();
});

test("facing is the side that the drawing faces: the other facing is its mirror image", () => {
  for (const label of ["dog", "car", "horse", "motorcycle", "zebra"])
    for (const view of VIEWS[label]) {
      const rect = { x: 0, y: 0, width: 40, height: 40 };
      const right = drawLook({ view }, rect, "right").raster;
      const left = drawLook({ view }, rect, "left").raster;
      let same = 0;
      for (let y = 0; y < 40; y++)
        for (let x = 0; x < 40; x++) {
          const [p, q] = [(y * 40 + x) * 4, (y * 40 + 39 - x) * 4];
          if (Math.abs(right.data[p + 3] - left.data[q + 3]) < 48) same++;
        }
      expect(same, view.name).toBeGreaterThan(1600 * 0.97);
    }
  // The zebra's head is high and its tail low: more of it lies above on the side that it faces.
  const zebra = (facing: "left" | "right") => {
    const { raster } = drawLook({ view: VIEWS.zebra[0] }, { x: 0, y: 0, width: 40, height: 40 }, facing);
    let balance = 0;
    for (let y = 0; y < 12; y++)
      for (let x = 0; x < 40; x++) balance += (x < 20 ? -1 : 1) * raster.data[(y * 40 + x) * 4 + 3];
    return balance;
  };
  expect(zebra("right")).toBeGreaterThan(0);
  expect(zebra("left")).toBeLessThan(0);
});

test("what is annotated is what is drawn: facing and pose differ between seeds and nothing else decides them", () => {
  const facings = new Set<string>();
  for (let seed = 0; seed < 8; seed++) {
    const { objects } = plan("a zebra in a field", [object("zebra", 0.2, 0.3, 0.6, 0.6)], seed);
    facings.add(objects[0].facing);
    const zebra = objects[0];
    const rendered = renderPlan({ ...plan("a zebra in a field", [object("zebra", 0.2, 0.3, 0.6, 0.6)], seed) }, 64);
    const upper = rendered.objects[0].silhouette;
    const [x0, y0, w, h] = rendered.objects[0].box;
    let balance = 0;
    for (let y = y0; y < y0 + h * 0.3; y++)
      for (let x = x0; x < x0 + w; x++) balance += (x < x0 + w / 2 ? -1 : 1) * upper[y * 64 + x];
    expect(balance > 0 ? "right" : "left").toBe(zebra.facing);
  }
  expect(facings.size).toBe(2);
});

test("masks are the pixels that changed, and smaller objects hide larger ones", () => {
  const layout = [object("pizza", 0.1, 0.1, 0.8, 0.8), object("apple", 0.4, 0.4, 0.2, 0.2)];
  const bare = draw("in the snow", []);
  const { picture, objects } = draw("in the snow", layout);
  expect(objects.map((o) => o.object.label)).toEqual(["pizza", "apple"]);
  const [pizza, apple] = objects;
  for (let p = 0; p < 64 * 64; p++) {
    expect(pizza.visible[p] & apple.visible[p]).toBe(0);
    expect(pizza.visible[p]).toBe(pizza.silhouette[p] & ~apple.silhouette[p]);
    const changed = [0, 1, 2].some((c) => Math.abs(picture.data[p * 3 + c] - bare.picture.data[p * 3 + c]) > 8);
    if (apple.visible[p]) expect(changed).toBe(true);
  }
});

test("a scene lies at the same place at every size", () => {
  const layout = [
    object("person", 0.1, 0.2, 0.2, 0.7),
    object("dog", 0.5, 0.5, 0.31, 0.37),
    object("car", 0.33, 0.3, 0.4, 0.2),
  ];
  for (const aspect of [1, 3 / 2, 2 / 3]) {
    const [small, large] = [64, 256].map((size) => draw("a man and a dog in a field", layout, size, 1, aspect));
    expect(large.objects.length).toBe(small.objects.length);
    for (const [i, { silhouette }] of small.objects.entries()) {
      const [w, W] = [small.picture.width, large.picture.width];
      let wrong = 0;
      let area = 0;
      for (let y = 0; y < 64; y++)
        for (let x = 0; x < w; x++) {
          let covered = 0;
          for (let dy = 0; dy < 4; dy++)
            for (let dx = 0; dx < 4; dx++) covered += large.objects[i].silhouette[(y * 4 + dy) * W + x * 4 + dx];
          area += silhouette[y * w + x];
          // Pixels that are wholly in or out at the large size are so at the small one.
          if ((covered === 16 && !silhouette[y * w + x]) || (covered === 0 && silhouette[y * w + x])) wrong++;
        }
      expect(area).toBeGreaterThan(20);
      expect(wrong).toBeLessThanOrEqual(area * 0.01);
    }
  }
});

test("equal seeds give equal bytes, other seeds other looks, and things keep their shape in a wide picture", () => {
  const layout = [object("dog", 0.3, 0.4, 0.3, 0.4), object("person", 0.65, 0.1, 0.2, 0.8)];
  const bytes = (seed: number) => Buffer.from(draw("a field", layout, 64, seed).picture.data).toString("base64");
  expect(bytes(3)).toBe(bytes(3));
  expect(new Set([1, 2, 3, 4, 5].map(bytes)).size).toBe(5);
  const [, , w, h] = plan("a field", [object("dog", 0.3, 0.4, 0.3, 0.4)], 1, 16 / 9).objects[0].box;
  const natural = lookAspect(plan("a field", [object("dog", 0.3, 0.4, 0.3, 0.4)], 1, 16 / 9).objects[0].look);
  expect(Math.abs(Math.log(((w / h) * 16) / 9 / natural))).toBeLessThan(0.31);
});
