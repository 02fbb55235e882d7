/** The outdoor places, without their sky. Original work. @module */
import { shade } from "./colour.ts";
import { disc, line, oval, rect, repeat, shape } from "./pens.ts";
import {
  band,
  cloud,
  HIGH,
  hills,
  LAMPLIGHT,
  LEFT,
  type Outdoors,
  pebbles,
  pine,
  spread,
  tree,
  tufts,
  WIDE,
} from "./scenery.ts";

const LOW = HIGH + 8;
const at = (h: number, t: number) => h + (HIGH - h) * t;

function street(o: Outdoors): string {
  const { h, time } = o;
  const walls = ["#d99a7a", "#9fb2cc", "#e6cfa2", "#bf8f82", "#a9c2b6", "#d8b4a0", "#b7b3cf", "#e0c18f"];
  const lit = time === "night" ? LAMPLIGHT : "#eef7fc";
  const unlit = time === "night" ? "#3a4468" : "#cfe3f0";
  const foot = h - 1;
  const houses = repeat(8, (i) => {
    const x = LEFT + i * 32;
    const tall = foot * (0.98 - [0.22, 0.42, 0.1, 0.36, 0.26, 0.46, 0.14, 0.34][i]);
    const y = foot - tall;
    const rows = Math.max(0, Math.floor((tall - 17) / 10));
    const wall = walls[i];
    const windows = repeat(rows, (r) =>
      repeat(3, (c) => rect(x + 4.6 + c * 8.6, y + 5 + r * 10, 5.4, 6.4, (r * 3 + c + i) % 4 === 1 ? unlit : lit, 0.5)),
    );
    const awning = ["#d9534a", "#3f8f6a", "#3f6fb0", "#d98a2f"][i % 4];
    const shop =
      rect(x + 3, foot - 9, 14, 8, lit, 0.5) +
      rect(x + 21, foot - 10, 7, 10, shade(wall, -0.25), 0.6) +
      disc(x + 26.4, foot - 4.6, 0.5, "#f1d9a8") +
      shape(`M${x + 2} ${foot - 12.5}h16l1.400 4.200h-18.800z`, awning) +
      shape(`M${x + 6} ${foot - 12.5}h4l.2 4.200h-4.500zM${x + 14} ${foot - 12.5}h4l1.400 4.200h-4.500z`, "#fdf6ec");
    return rect(x, y, 32, tall + 2, wall) + rect(x - 0.6, y - 1.8, 33.2, 2.6, shade(wall, -0.14)) + windows + shop;
  });
  const kerb = at(h, 0.2);
  return (
    houses +
    band(h - 1, kerb, "#cfcdc9", "#bdbbb8") +
    repeat(17, (i) =>
      line(`M${LEFT + i * 16 + (i - 8) * 1} ${h - 1}L${LEFT + i * 16 + (i - 8) * 3} ${kerb}`, "#aeaca9", 0.5),
    ) +
    band(kerb, kerb + 2, "#8d9096") +
    band(kerb + 1.8, LOW, "#6a6e79", "#555963") +
    repeat(8, (i) => {
      const y = at(h, 0.6);
      return shape(`M${LEFT + 4 + i * 34} ${y}h19l3 3.600h-21z`, "#f2d36a");
    })
  );
}

export const OUTDOOR_PLACES = {
  snow: (o: Outdoors) =>
    shape(
      `M${LEFT} ${o.h + 4}L-34 ${o.h - 24} -14 ${o.h - 8} 22 ${o.h - 40} 52 ${o.h - 10} 82 ${o.h - 34} 112 ${o.h - 8} 150 ${o.h - 30} 192 ${o.h + 4}z`,
      "#a6bcd8",
    ) +
    shape(
      `M22 ${o.h - 40}L9 ${o.h - 28.5}l6 2 5-4 5 5 5-3.500 5 2.500zM82 ${o.h - 34}l-11 10.500 6 1.500 4-3.500 5 4 5-2.500zM-34 ${o.h - 24}l-10 9 5 1 5-3.500 5 4 4-3zM150 ${o.h - 30}l-12 10 6 1.500 5-4 6 4.500 5-3z`,
      "#f6faff",
    ) +
    repeat(9, (i) => pine(LEFT + 10 + i * 30, o.h + 3 + (i % 2) * 3, 0.7 + (i % 3) * 0.16, "#3f7f6c", true)) +
    shape(`M${LEFT} ${o.h + 3}q64-8 128-1t128-2V${LOW}H${LEFT}z`, "#fbfdff") +
    shape(`M${LEFT} ${at(o.h, 0.34)}q60-12 120-2t136-8v8q-64 6-130 8t-126 6z`, "#e3edf7") +
    shape(`M${LEFT} ${at(o.h, 0.72)}q70-10 140-2t116-6v7q-60 6-126 8t-130 4z`, "#e3edf7"),
  beach: (o: Outdoors) => {
    const shore = at(o.h, 0.36);
    return (
      band(o.h, shore, "#2f8fd0", "#6fcbe0") +
      spread(16, 9, (x, y) =>
        line(`M${x} ${o.h + 3 + (y / HIGH) * (shore - o.h - 8)}h${6 + (y / HIGH) * 8}`, "#bfe8f5", 0.8),
      ).join("") +
      shape(`M${LEFT} ${shore - 1}q32 6 64 1t64 2 64-1 64 2V${LOW}H${LEFT}z`, "#ffffff") +
      shape(`M${LEFT} ${shore + 2}q32 6 64 1t64 2 64-1 64 2V${LOW}H${LEFT}z`, "#e9cf96") +
      shape(`M${LEFT} ${shore + 6}q32 6 64 1t64 2 64-1 64 2V${LOW}H${LEFT}z`, "#f6e0ae") +
      pebbles(shore + 4, 26, "#dcbf85")
    );
  },
  ocean: (o: Outdoors) =>
    band(o.h, LOW, "#3a93cf", "#17619f") +
    repeat(6, (r) => {
      const y = at(o.h, 0.06 + 0.16 * r + 0.012 * r * r);
      const s = 5 + r * 2.6;
      const n = Math.ceil(WIDE / (s * 4)) + 1;
      return line(
        `M${LEFT - (r % 2) * s * 2} ${y}${repeat(n, () => `q${s} ${-s * 0.5} ${s * 2} 0m${s * 2} 0`)}`,
        "#8fd3f0",
        0.8 + r * 0.22,
      );
    }),
  tennis: (o: Outdoors) => {
    const court = at(o.h, 0.1);
    return (
      band(-8, o.h, "#cfe6f5") +
      repeat(11, (i) =>
        tree(LEFT + 8 + i * 25, o.h - 8, 1.15 + (i % 3) * 0.2, ["#3f8a55", "#4a9a5c", "#357a4c"][i % 3]),
      ) +
      rect(LEFT, o.h - 14, WIDE, 16, "#23563f") +
      repeat(33, (i) => rect(LEFT + i * 8, o.h - 14, 0.6, 14, "#2f6b50")) +
      rect(LEFT, o.h - 15.4, WIDE, 1.8, "#e9ece6") +
      band(o.h, LOW, "#5aa06a", "#4d945e") +
      shape(`M22 ${court}H106L150 ${LOW}H-22z`, "#3f7fc0") +
      line(
        `M24 ${court}H104M24 ${court}L-16 ${LOW}M104 ${court}L144 ${LOW}M${64 - 52} ${at(o.h, 0.42)}H${64 + 52}M64 ${at(o.h, 0.42)}V${LOW}`,
        "#f6f9fc",
        1.5,
      )
    );
  },
  baseball: (o: Outdoors) =>
    band(-8, o.h, "#cfe6f5") +
    rect(LEFT, 4, WIDE, o.h - 14, "#8f9bb0") +
    spread(150, 12, (x, y, i) =>
      disc(x, 6 + (y / HIGH) * (o.h - 19), 1.25, ["#d9534a", "#f1ece0", "#3f6fb0", "#e0b04a", "#c99a7a"][i % 5]),
    ).join("") +
    rect(LEFT, o.h - 12, WIDE, 13, "#1f5a41") +
    rect(LEFT, o.h - 13, WIDE, 1.6, "#f0c53a") +
    band(o.h, LOW, "#76c25a", "#57a544") +
    repeat(9, (i) => shape(`M${LEFT + i * 32} ${o.h}h14l${(i - 4) * 6 + 8} ${HIGH}h-22z`, "#69b650")) +
    shape(`M${LEFT} ${LOW}V${at(o.h, 0.56)}q128-22 256 0V${LOW}z`, "#cf9a68") +
    line(`M64 ${at(o.h, 0.86)}L-30 ${at(o.h, 0.2)}M64 ${at(o.h, 0.86)}L158 ${at(o.h, 0.2)}`, "#f7f4ec", 1) +
    shape(`M59 ${at(o.h, 0.84)}h10v3.400l-5 3-5-3z`, "#fbf9f3"),
  track: (o: Outdoors) =>
    hills(o.h - 2, 14, "#8fbf86") +
    repeat(11, (i) =>
      tree(LEFT + 6 + i * 25, o.h + 2, 0.85 + (i % 3) * 0.2, ["#4f8f4a", "#5f9f55", "#457f45"][i % 3]),
    ) +
    band(o.h, LOW, "#8fba62", "#76a64f") +
    shape(`M56 ${o.h}h16L142 ${LOW}H-14z`, "#a59c92") +
    repeat(8, (i) => {
      const t = ((i + 0.6) / 8) ** 1.7;
      const y = at(o.h, t);
      const w = 9 + 52 * t;
      return rect(64 - w, y, 2 * w, 1.1 + 3 * t, "#6b4a2e", 0.5);
    }) +
    shape(`M60.500 ${o.h}h.8L30 ${LOW}h-5zM66.700 ${o.h}h.8L103 ${LOW}h-5z`, "#4a4f59"),
  street,
  airport: (o: Outdoors) =>
    hills(o.h - 1, 8, "#a9c9a0") +
    rect(76, o.h - 15, 60, 15, "#c3ccd8") +
    rect(76, o.h - 16.5, 60, 2.5, "#8f9db0") +
    repeat(9, (i) => rect(79 + i * 6.3, o.h - 11, 4.6, 6, o.time === "night" ? LAMPLIGHT : "#8fc6ea", 0.6)) +
    rect(54, o.h - 32, 7, 33, "#b5c0cf") +
    shape(`M49 ${o.h - 40}h17l-2.500 9h-12z`, "#4a6a8c") +
    rect(48.5, o.h - 42, 18, 2.6, "#8f9db0", 1) +
    band(o.h, at(o.h, 0.14), "#8fc266", "#7fb356") +
    band(at(o.h, 0.14), LOW, "#a3a8b2", "#868b96") +
    rect(LEFT, at(o.h, 0.18), WIDE, 0.9, "#f4f5f7") +
    repeat(8, (i) => shape(`M${LEFT + i * 34} ${at(o.h, 0.62)}h20l3 3.400h-22z`, "#f7f8fa")),
  forest: (o: Outdoors) =>
    band(-8, o.h, shade(o.sky.low, -0.04), "#cfe8c8") +
    repeat(16, (i) => rect(LEFT + 4 + i * 17, 8, 3, o.h - 6, "#9fb89a")) +
    repeat(14, (i) => disc(LEFT + 6 + i * 19.5, 10 + (i % 3) * 5, 15, "#7fb07c")) +
    repeat(9, (i) => shape(`M${LEFT + 12 + i * 31} ${o.h + 6}l1.600-${o.h - 6}h4l1.600 ${o.h - 6}z`, "#7a5638")) +
    repeat(
      10,
      (i) =>
        disc(LEFT + 2 + i * 29, 6 + (i % 2) * 7, 18, "#4a9258") +
        disc(LEFT + 16 + i * 29, 18 - (i % 2) * 6, 12, "#3f8550"),
    ) +
    repeat(15, (i) => disc(LEFT + 4 + i * 18, o.h + 2 - (i % 3) * 2.5, 9, i % 2 ? "#3a7f4a" : "#458f52")) +
    band(o.h + 3, LOW, "#7fb558", "#5f9a44") +
    shape(`M58 ${o.h + 3}q-4 18-30 30-18 16-22 ${HIGH - o.h}h92q4-20-10-38-18-14-22-30z`, "#cdb083") +
    tufts(o.h + 4, 34, "#4f8a3a"),
  dirt: (o: Outdoors) =>
    hills(o.h - 1, 12, "#c9b07a") +
    [-38, 18, 104, 158]
      .map(
        (x, i) =>
          shape(`M${x - 1} ${o.h + 3}l.5-13h1.600l.5 13z`, "#7a5638") +
          oval(x, o.h - 12 - (i % 2), 13, 4.2, "#7f9a4a") +
          oval(x + 5, o.h - 14.5 - (i % 2), 8, 3, "#8fab55"),
      )
      .join("") +
    band(o.h, LOW, "#e3bf7d", "#cf9f5c") +
    shape(`M${LEFT} ${at(o.h, 0.5)}q60-10 130 0t130-4v10q-70 2-130 4t-130 4z`, "#d8ae6b") +
    pebbles(o.h, 26, "#b58a52") +
    tufts(o.h + 2, 26, "#a99a4a"),
  grass: (o: Outdoors) =>
    hills(o.h, 16, "#9bcf8a") +
    hills(o.h + 1, 10, "#82bf70", -24) +
    [-46, -30, 6, 20, 96, 116, 150, 172]
      .map((x, i) => tree(x, o.h + 2, 0.75 + (i % 3) * 0.2, ["#4f9a4a", "#5fa955", "#458f50"][i % 3]))
      .join("") +
    band(o.h, LOW, "#93d36a", "#62ad45") +
    shape(`M${LEFT} ${at(o.h, 0.42)}q64-8 130 0t130-4v12q-70 2-130 4t-130 5z`, "#84c75c") +
    tufts(o.h + 2, 48, "#55993c") +
    spread(22, 6, (x, y, i) => {
      const d = (y / HIGH) ** 1.2;
      return disc(x, o.h + 8 + d * (HIGH - o.h - 10), 0.6 + d * 0.8, ["#ffffff", "#ffe27a", "#f6a6c4"][i % 3]);
    }).join(""),
  sky: (o: Outdoors) =>
    [
      [18, 44, 1.2],
      [104, 58, 1.35],
      [46, 82, 1.15],
      [-40, 70, 1.2],
      [168, 76, 1.2],
      [120, 98, 0.9],
    ]
      .map(([x, y, s]) => cloud(x, y, s, o.sky.cloud))
      .join("") +
    hills(o.h, 6, "#8cc47c") +
    band(o.h + 2, LOW, "#79b863", "#63a34e"),
};
