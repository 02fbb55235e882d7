/** Animals in poses that the icons lack: asleep, sitting, grazing. All face right. Original work. @module */
import type { Drawing } from "./drawing.ts";
import { disc, draw, line, oval, rect, repeat, shape } from "./pens.ts";

const DARK = "#2a2126";

/** Closed eye: a little bow. */
const shut = (x: number, y: number) => line(`M${x - 2} ${y}q2 2 4 0`, DARK, 1);
const open = (x: number, y: number, r = 1.5) =>
  disc(x, y, r, DARK) + disc(x + r * 0.3, y - r * 0.3, r * 0.35, "#ffffff");

const CAT = "#f0a04b";
const CAT_DARK = "#d9822f";
const DOG = "#c98a4b";
const DOG_DARK = "#9c6530";

const catHead = (x: number, y: number, eyes: string) =>
  shape(`M${x - 9} ${y - 3}l1-10 8 5zM${x + 9} ${y - 3}l-1-10-8 5z`, CAT) +
  shape(`M${x - 7.4} ${y - 6}l.6-4.500 4 2.500zM${x + 7.4} ${y - 6}l-.6-4.500-4 2.500z`, "#f6b9ae") +
  oval(x, y, 10, 8.6, CAT) +
  line(`M${x} ${y - 8}v3.500M${x - 3} ${y - 7.6}v2.600M${x + 3} ${y - 7.6}v2.600`, CAT_DARK, 1.2) +
  oval(x + 1.5, y + 3.4, 4, 2.8, "#fbe3c8") +
  shape(`M${x + 0.2} ${y + 1.4}h2.800l-1.400 1.800z`, "#d9655a") +
  eyes +
  line(
    `M${x + 6} ${y + 3}l6-.6M${x + 6} ${y + 4.4}l5.600 1M${x - 4} ${y + 3}l-6-.6M${x - 4} ${y + 4.4}l-5.600 1`,
    "#f7f1ea",
    0.5,
  );

const dogHead = (x: number, y: number, eyes: string) =>
  oval(x - 1, y, 9.6, 9, DOG) +
  oval(x + 6, y + 3.5, 6.4, 4.8, "#e8c08c") +
  oval(x + 11, y + 1.2, 2.3, 1.8, DARK) +
  line(`M${x + 10.8} ${y + 3}q-1 3-5 2.600`, DARK, 0.8) +
  shape(`M${x - 6} ${y - 8}q-7 0-7 8 0 7 4 8 4-1 5-9z`, DOG_DARK) +
  eyes;

const legs = (xs: readonly number[], top: number, low: number, w: number, fill: string, hoof: string) =>
  xs.map((x) => rect(x, top, w, low - top, fill, 1.6) + rect(x, low - 2.6, w, 2.6, hoof, 0.8)).join("");

function grazing(o: {
  coat: string;
  far: string;
  mane?: string;
  hoof: string;
  muzzle: string;
  over?: string;
  head?: string;
  horns?: boolean;
}) {
  const head = o.head ?? o.coat;
  return draw(
    72,
    50,
    line("M10 16Q4 22 6 34", o.mane ?? o.far, 3) +
      legs([17, 43], 24, 49, 4.6, o.far, o.hoof) +
      legs([12, 38], 24, 49, 5, o.coat, o.hoof) +
      rect(8, 10, 42, 19, o.coat, 9.5) +
      (o.over ?? "") +
      shape(`M41 12q9-1 13 8l7 15-9 4-12-13z`, head) +
      (o.mane ? line("M44 12q7 2 11 10l4 9", o.mane, 3) : "") +
      (o.horns ? line("M57 31q3-5 7-4", "#efe3c8", 2) : "") +
      shape("M54 30q-4-3-6-1 1 4 5 4z", o.far) +
      shape(`M54 31q6-1 8 5l3 8q-1 4-5 4-3 0-5-3l-6-10z`, head) +
      oval(62, 45.4, 4, 3.2, o.muzzle) +
      disc(63, 45, 0.7, DARK) +
      open(57.6, 37, 1.2),
  );
}

export const ANIMALS = {
  "cat lying": draw(
    66,
    38,
    shape("M4 30Q0 14 18 9q22-7 34 5 8 10 4 23H12Q5 37 4 30z", CAT) +
      line("M20 9.500v6M27 7.600v6M34 7.500v6", CAT_DARK, 2) +
      line("M8 34Q24 38 36 34", CAT_DARK, 4.6) +
      line("M8 34Q24 38 35 34", CAT, 3) +
      oval(56, 35, 6.5, 2.6, "#fbe3c8") +
      catHead(50, 22, shut(46, 21.5) + shut(54, 21.5)),
  ),
  "cat sitting": draw(
    46,
    56,
    line("M8 50q-8-4-5-14", CAT_DARK, 4) +
      shape("M10 54q-5-18 8-29h12q9 12 8 29z", CAT) +
      oval(27, 40, 6, 10, "#fbe3c8") +
      line("M13 38h5M12 43h5", CAT_DARK, 1.6) +
      oval(14, 53, 7, 3, CAT) +
      rect(23, 40, 5.4, 15, CAT, 2.7) +
      rect(30, 40, 5.4, 15, CAT, 2.7) +
      catHead(26, 18, open(22, 17) + open(30, 17)),
  ),
  "dog lying": draw(
    74,
    38,
    line("M8 30Q0 28 2 20", DOG, 4) +
      shape("M5 32Q3 16 18 13q20-5 34 1l4 23H10q-5 0-5-5z", DOG) +
      oval(18, 30, 11, 7.5, DOG_DARK) +
      oval(18, 29, 10, 6.4, DOG) +
      rect(44, 32, 24, 5.4, DOG, 2.7) +
      rect(60, 32, 9, 5.4, "#e8c08c", 2.7) +
      dogHead(54, 20, shut(57, 17.5)),
  ),
  "dog standing": draw(
    74,
    60,
    line("M12 24Q3 20 4 9", DOG, 4.6) +
      rect(18, 34, 6, 24, DOG_DARK, 3) +
      rect(45, 34, 6, 24, DOG_DARK, 3) +
      shape("M10 30q-1-11 11-12 16-1 24-4 10-1 10 12 0 14-8 15-14 1-24 0-12-1-13-11z", DOG) +
      rect(12, 32, 6.6, 27, DOG, 3.3) +
      rect(39, 32, 6.6, 27, DOG, 3.3) +
      oval(16, 57.6, 4.4, 2.2, "#e8c08c") +
      oval(43, 57.6, 4.4, 2.2, "#e8c08c") +
      shape("M22 18q8-2 13 0 1 8-6 8-8 0-7-8z", DOG_DARK) +
      line("M44 18q5 6 11 5", "#d8342f", 3) +
      dogHead(54, 13, open(58, 10)),
  ),
  "dog sitting": draw(
    50,
    58,
    line("M10 52Q1 52 2 43", DOG, 4.4) +
      shape("M11 56q-6-16 5-29h13q8 12 7 29z", DOG) +
      oval(29, 40, 5, 9, "#e8c08c") +
      oval(15, 54, 8, 3.6, DOG_DARK) +
      rect(25, 40, 5.6, 17, DOG, 2.7) +
      rect(31.5, 40, 5.6, 17, DOG, 2.7) +
      rect(19, 26, 14, 3.4, "#d8342f", 1.7) +
      dogHead(25, 16, open(29, 13)),
  ),
  "horse grazing": grazing({ coat: "#a5673f", far: "#87512f", mane: "#3b2a25", hoof: "#3b2a25", muzzle: "#7d4a2b" }),
  "cow grazing": grazing({
    coat: "#f2ede6",
    far: "#d8d0c6",
    hoof: "#4a4046",
    muzzle: "#f2b3a6",
    horns: true,
    over:
      shape("M16 10.500q8-2 10 3 2 6-4 8-8 1-9-5-.6-4 3-6z", "#3d3a40") +
      shape("M34 28q-3-8 4-9 7 0 8 5 0 4-3 5z", "#3d3a40") +
      oval(34, 29.5, 4, 2.6, "#f2b3a6"),
  }),
  "sheep grazing": grazing({
    coat: "#efe9df",
    far: "#4b4148",
    head: "#564a50",
    hoof: "#2f282d",
    muzzle: "#6d5f66",
    over:
      repeat(7, (i) => disc(12 + i * 5.6, 11.5 - (i % 2), 5, "#f7f3ec")) +
      repeat(7, (i) => disc(13 + i * 5.4, 27, 4.4, "#e3dbce")) +
      rect(10, 11, 38, 15, "#f3eee5", 7),
  }),
} satisfies Record<string, Drawing>;
export type AnimalName = keyof typeof ANIMALS;
