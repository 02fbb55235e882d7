/** The indoor places; `h` is the height of the wall's foot. Original work. @module */
import { disc, line, oval, rect, repeat, shape } from "./pens.ts";
import { band, HIGH, LEFT, WIDE } from "./scenery.ts";

const LOW = HIGH + 8;

/** Joints of a floor that run to a point on the horizon, and one or two across. */
function floor(h: number, top: string, low: string, joint: string, across: boolean): string {
  const fan = repeat(23, (i) => {
    const k = i - 11;
    return line(`M${64 + k * 13} ${h}L${64 + k * 26} ${LOW}`, joint, 0.6);
  });
  const rows = across
    ? [0.16, 0.4, 0.74].map((t) => line(`M${LEFT} ${h + (HIGH - h) * t}h${WIDE}`, joint, 0.6)).join("")
    : "";
  return band(h, LOW, top, low) + fan + rows;
}

function windowAt(x: number, y: number, w: number, hh: number): string {
  return (
    rect(x - 2, y - 2, w + 4, hh + 4, "#ffffff", 1) +
    rect(x, y, w, hh, "#a9d8f5") +
    shape(`M${x} ${y + hh}v-${hh * 0.32}q${w * 0.25}-5 ${w * 0.5} 0t${w * 0.5}-2V${y + hh}z`, "#8cc98a") +
    oval(x + w * 0.3, y + hh * 0.28, w * 0.16, hh * 0.08, "#ffffff") +
    rect(x + w / 2 - 0.7, y, 1.4, hh, "#ffffff") +
    rect(x, y + hh * 0.48, w, 1.2, "#ffffff") +
    rect(x - 3.5, y + hh + 2, w + 7, 2.2, "#f1ebe0", 0.8)
  );
}

const frame = (x: number, y: number, w: number, h: number, wood: string, inner: string) =>
  rect(x, y, w, h, wood, 0.6) + rect(x + 1.6, y + 1.6, w - 3.2, h - 3.2, "#fbf6ec") + inner;

export const INDOOR_PLACES = {
  room: (h: number) => {
    const y = Math.max(5, h - 78);
    const tall = Math.min(36, h - 24 - y);
    return (
      band(-8, h, "#f6e7cb", "#efdab5") +
      repeat(16, (i) => rect(LEFT + i * 16, -8, 8, h + 8, "#f3e2c2")) +
      windowAt(48, y + 2, 32, tall) +
      shape(`M40 ${y - 3}h9q1 ${tall * 0.6}-7 ${tall + 10}h-4q3-${tall * 0.5} 2-${tall + 10}z`, "#d98a72") +
      shape(`M88 ${y - 3}h-9q-1 ${tall * 0.6} 7 ${tall + 10}h4q-3-${tall * 0.5}-2-${tall + 10}z`, "#d98a72") +
      rect(38, y - 4.6, 52, 2, "#8a5a38", 1) +
      frame(
        8,
        y + 4,
        20,
        15,
        "#8a5a38",
        shape(`M9.600 ${y + 17.4}l5-7 4 4 3-3.500 4.800 6.500z`, "#7fb0a0") + disc(23, y + 8.6, 1.6, "#f2b84a"),
      ) +
      frame(102, y + 3, 14, 18, "#5f6f8a", oval(109, y + 12, 3.4, 4.8, "#e0a48a")) +
      frame(-38, y + 6, 22, 15, "#5f6f8a", rect(-34, y + 11, 14, 5, "#d9b36a")) +
      frame(146, y + 6, 22, 15, "#8a5a38", rect(150, y + 11, 14, 5, "#7f9fc4")) +
      floor(h, "#c08a55", "#a06c3d", "#8f5f35", false) +
      rect(LEFT, h - 3.4, WIDE, 3.8, "#fffaf0") +
      `<ellipse cx="64" cy="${h + (HIGH - h) * 0.62}" rx="62" ry="${(HIGH - h) * 0.3}" fill="#d8b7a6"/>` +
      `<ellipse cx="64" cy="${h + (HIGH - h) * 0.62}" rx="55" ry="${(HIGH - h) * 0.245}" fill="#e8d3c4"/>`
    );
  },
  bath: (h: number) =>
    band(-8, h, "#bfe6ea", "#a9dbe0") +
    repeat(17, (i) => rect(LEFT + i * 16, -8, 0.9, h + 8, "#e2f5f6")) +
    repeat(8, (i) => rect(LEFT, 3 + i * 14, WIDE, h > 3 + i * 14 ? 0.9 : 0, "#e2f5f6")) +
    rect(LEFT, Math.max(20, h - 36), WIDE, 4, "#5fb3bd") +
    rect(49, Math.max(4, h - 80), 30, 34, "#e9eef2", 3) +
    rect(51.5, Math.max(4, h - 80) + 2.5, 25, 29, "#d2ecf7", 2) +
    line(`M56 ${Math.max(4, h - 80) + 22}l9-14M60 ${Math.max(4, h - 80) + 25}l6-9`, "#f4fbfe", 1.6) +
    rect(98, h - 56, 22, 1.6, "#aeb8c4", 0.8) +
    rect(101, h - 55.5, 15, 20, "#f2b9a4", 1) +
    rect(101, h - 40, 15, 2, "#fbe3d8") +
    floor(h, "#d5dae0", "#bcc4cd", "#a8b1bb", true) +
    rect(LEFT, h - 3, WIDE, 3.4, "#ffffff"),
  kitchen: (h: number) => {
    const top = Math.max(14, h - 66);
    const counter = h - 30;
    return (
      band(-8, counter, "#fbf1da") +
      repeat(33, (i) => rect(LEFT + i * 8, top, 0.5, counter - top, "#ecdcb8")) +
      repeat(6, (i) => rect(LEFT, top + i * 7, WIDE, 0.5, "#ecdcb8")) +
      rect(LEFT, -8, WIDE, top + 8, "#5f9a94") +
      repeat(
        9,
        (i) =>
          rect(LEFT + 2 + i * 29, -8, 26, top + 5, "#6faaa3", 1) +
          rect(LEFT + (i % 2 ? 5 : 23) + i * 29, top - 9, 1.4, 4.4, "#f1e6c8", 0.7),
      ) +
      rect(LEFT, top - 1, WIDE, 1.6, "#4a827c") +
      rect(LEFT, counter - 2.6, WIDE, 4.6, "#e9e4da") +
      rect(LEFT, counter + 2, WIDE, h - counter - 2, "#5f9a94") +
      repeat(
        9,
        (i) =>
          rect(LEFT + 2 + i * 29, counter + 4, 26, h - counter - 8, "#6faaa3", 1) +
          rect(LEFT + 10 + i * 29, counter + 7, 10, 1.5, "#f1e6c8", 0.7),
      ) +
      rect(LEFT, h - 3, WIDE, 3.4, "#3f6f6a") +
      floor(h, "#e2d6c2", "#cfc0a6", "#b9a98d", true)
    );
  },
  table: (h: number) =>
    band(-8, h, "#e6ddd0", "#d8ccba") +
    windowAt(44, -8, 40, Math.max(10, h - 10)) +
    band(h, LOW, "#cf9358", "#b5763f") +
    repeat(15, (i) => {
      const k = i - 7;
      return line(`M${64 + k * 17} ${h}L${64 + k * 32} ${LOW}`, "#a9692f", 0.7);
    }) +
    [-40, 10, 70, 120, 160].map((x, i) => line(`M${x} ${h + 14 + i * 15}q10-2.500 20 0`, "#b9783c", 0.8)).join("") +
    rect(LEFT, h - 0.6, WIDE, 2.2, "#e0ab72"),
};
