/** Our own flat drawings for categories where the icon set has none, a poor one, or an unfitting view. Original work. @module */
import type { Drawing } from "./drawing.ts";

const draw = (width: number, height: number, body: string): Drawing => ({ width, height, body });
const rect = (x: number, y: number, w: number, h: number, fill: string, r = 0) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"${r ? ` rx="${r}"` : ""}/>`;
const disc = (x: number, y: number, r: number, fill: string) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
const oval = (x: number, y: number, rx: number, ry: number, fill: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;
const shape = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`;
const line = (d: string, stroke: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const wheel = (x: number, y: number, r: number) => disc(x, y, r, "#26262e") + disc(x, y, r * 0.48, "#b9bcc4");
const repeat = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join("");

/** Keys name a view: "car" is the side view, "car front" the narrow one. */
export const DRAWINGS = {
  bicycle: draw(
    64,
    42,
    repeat(2, (i) => `<circle cx="${13 + 38 * i}" cy="28" r="11" fill="none" stroke="#26262e" stroke-width="3.6"/>`) +
      line("M13 28 24 11H44L51 28M24 11 31 28 44 11M13 28H31", "#e0322f", 3.6) +
      line("M44 11 42 4h7", "#3a3d47", 3.4) +
      line("M19 8h10", "#3a3d47", 5) +
      disc(31, 28, 4, "#3a3d47"),
  ),
  car: draw(
    72,
    34,
    shape("M3 18q0-3 4-4l8-1Q21 2 28 2h17q7 0 14 10 9 1 11 5v9q0 3-3 3H5q-3 0-3-3z", "#e0322f") +
      shape("M20 13q4-8 9-8h7v8zM39 5h6q5 0 9 8H39z", "#bfe6fb") +
      rect(2, 21, 68, 3, "#a81f22") +
      rect(65, 17, 5, 4, "#ffe08a", 1.5) +
      wheel(17, 27, 7) +
      wheel(54, 27, 7),
  ),
  "car front": draw(
    44,
    36,
    rect(4, 26, 8, 10, "#26262e", 2) +
      rect(32, 26, 8, 10, "#26262e", 2) +
      shape("M9 14 12 4q1-3 4-3h12q3 0 4 3l3 10z", "#e0322f") +
      shape("M12 13 14.500 5q.5-1 2-1h11q1.500 0 2 1L32 13z", "#bfe6fb") +
      rect(2, 13, 40, 17, "#e0322f", 5) +
      disc(9, 19, 3.6, "#ffe9a8") +
      disc(35, 19, 3.6, "#ffe9a8") +
      rect(14, 17, 16, 5, "#3a3d47", 2) +
      rect(3, 25, 38, 3.5, "#a81f22", 1.5),
  ),
  airplane: draw(
    96,
    36,
    shape("M10 2h7l13 14H16z", "#2f7de0") +
      shape("M6 18q-1-4 4-5h62q14 1 20 8 1 4-18 6H22Q8 27 6 18z", "#eef1f6") +
      shape("M22 27Q8 27 6 18q3 4 16 4h70q-2 4-18 5z", "#b9c2d0") +
      repeat(8, (i) => rect(26 + i * 6, 16, 3, 3.4, "#4a90d9", 1)) +
      shape("M79 14.500q6 1.500 9 4.500h-9z", "#35435c") +
      shape("M40 22h18L38 36h-8z", "#2f7de0") +
      oval(55, 28.5, 6, 3, "#5a6475"),
  ),
  bus: draw(
    80,
    42,
    rect(2, 2, 76, 34, "#f5b921", 5) +
      rect(2, 25, 76, 5, "#c98a0f") +
      repeat(5, (i) => rect(6 + i * 11.5, 8, 9, 12, "#bfe6fb", 1.5)) +
      rect(64.5, 8, 12, 25, "#bfe6fb", 1.5) +
      rect(70, 8, 1.6, 25, "#c98a0f") +
      wheel(18, 35, 6.5) +
      wheel(60, 35, 6.5),
  ),
  "bus front": draw(
    42,
    50,
    rect(5, 40, 8, 10, "#26262e", 2) +
      rect(29, 40, 8, 10, "#26262e", 2) +
      rect(2, 2, 38, 43, "#f5b921", 5) +
      rect(10, 4.5, 22, 5, "#26262e", 1.5) +
      rect(5, 12, 32, 17, "#bfe6fb", 2) +
      rect(20, 12, 2, 17, "#c98a0f") +
      disc(8, 37, 3, "#fff3c4") +
      disc(34, 37, 3, "#fff3c4") +
      rect(14, 35, 14, 4, "#c98a0f", 1.5),
  ),
  train: draw(
    112,
    40,
    shape("M2 5q0-3 4-3h78q12 0 20 12 6 8 6 15 0 4-4 4H4q-2 0-2-3z", "#3f6fc4") +
      rect(2, 22, 106, 4.5, "#f5c431") +
      repeat(6, (i) => rect(7 + i * 12.5, 8, 9, 9, "#c9ebfb", 1.5)) +
      shape("M84 8q9 1 15 9H84z", "#c9ebfb") +
      rect(6, 33, 98, 3, "#2b2f3a") +
      repeat(6, (i) => disc(14 + i * 17, 36, 4, "#2b2f3a")),
  ),
  "train front": draw(
    42,
    50,
    shape("M4 14Q5 2 21 2t17 12v26q0 4-4 4H8q-4 0-4-4z", "#3f6fc4") +
      shape("M8 14q1-8 13-8t13 8v8H8z", "#c9ebfb") +
      rect(20, 6, 2, 16, "#3f6fc4") +
      rect(4, 27, 34, 6, "#f5c431") +
      disc(10, 38, 3, "#fff3c4") +
      disc(32, 38, 3, "#fff3c4") +
      rect(6, 43, 30, 5, "#2b2f3a", 2),
  ),
  truck: draw(
    80,
    44,
    rect(2, 3, 50, 31, "#f2f2ee", 2) +
      rect(2, 28, 50, 3, "#c5c7c9") +
      shape("M54 12h13q3 0 5 4l5 9q1 2 1 4v5H54z", "#e2662a") +
      shape("M58 16h9q1.500 0 2.500 2l3 6H58z", "#bfe6fb") +
      rect(2, 33, 76, 4, "#4a4e5a") +
      rect(73, 29, 5, 4, "#ffe08a", 1.5) +
      wheel(14, 37, 6.5) +
      wheel(30, 37, 6.5) +
      wheel(65, 37, 6.5),
  ),
  boat: draw(
    64,
    56,
    rect(29, 2, 3, 38, "#7a4a24") +
      shape("M34 3q20 14 22 34H34z", "#fbfbf7") +
      shape("M27 9Q14 22 9 37h18z", "#e9eef2") +
      shape("M2 41h60q-3 13-14 13H16Q5 54 2 41z", "#e0322f") +
      rect(3, 41, 58, 4, "#fff4dc"),
  ),
  "boat low": draw(
    80,
    30,
    shape("M24 14 28 4h22l8 10z", "#eef1f6") +
      shape("M31 7h7v6h-9zM41 7h8l5 6H41z", "#4a90d9") +
      shape("M2 13h76q-4 15-16 15H18Q7 28 2 13z", "#e0322f") +
      rect(3, 13, 74, 4.5, "#fff4dc"),
  ),
  "fire hydrant": draw(
    32,
    44,
    rect(6, 38, 20, 6, "#a81f22", 2) +
      rect(9, 14, 14, 25, "#e0322f") +
      shape("M7 15Q7 5 16 5t9 10z", "#e0322f") +
      rect(13, 1, 6, 6, "#a81f22", 1.5) +
      rect(6, 14, 20, 3.5, "#a81f22", 1) +
      rect(2, 20, 28, 9, "#c52a2a", 3) +
      disc(16, 24.5, 5, "#ffd24a"),
  ),
  "stop sign": draw(
    40,
    40,
    shape("M12.500 1h15L39 12.500v15L27.500 39h-15L1 27.500v-15z", "#ffffff") +
      shape("M13.300 3h13.400L37 13.300v13.400L26.700 37H13.300L3 26.700V13.300z", "#d8201f") +
      `<g fill="none" stroke="#ffffff" stroke-width="2.200">` +
      `<path d="M11.500 16.200H9q-1.800 0-1.800 1.900T9 20h.8q1.800 0 1.800 1.900t-1.800 1.900H7"/>` +
      `<path d="M13 16.200h6M16 16.200V25"/><rect x="21" y="16.200" width="4.600" height="7.700" rx="1.800"/>` +
      `<path d="M28.600 25v-8.800h2.400q2.200 0 2.200 2.300t-2.200 2.300h-2.400"/></g>`,
  ),
  "parking meter": draw(
    22,
    60,
    rect(8.5, 28, 5, 32, "#767c88") +
      rect(1, 1, 20, 30, "#46526a", 9) +
      rect(4.5, 7, 13, 9, "#cfe8ff", 2) +
      rect(8.5, 20, 5, 2.5, "#f5c431") +
      rect(7, 24.5, 8, 3, "#e0322f", 1),
  ),
  bench: draw(
    72,
    38,
    rect(10, 4, 5, 34, "#3d434e") +
      rect(57, 4, 5, 34, "#3d434e") +
      rect(2, 2, 68, 6, "#b5763a", 2) +
      rect(2, 10, 68, 6, "#a3682f", 2) +
      rect(1, 21, 70, 6.5, "#c98a4a", 2),
  ),
  bird: draw(
    48,
    40,
    line("M22 30v8M28 30v8", "#e58a1f", 2.6) +
      shape("M2 27 17 18l6 8z", "#4c5a70") +
      shape("M12 22Q14 10 26 10q4-8 11-7 7 2 6 10-1 18-17 19-12 0-14-10z", "#6f86a8") +
      shape("M14 21q8-8 17-3-1 11-11 11-5-2-6-8z", "#4c5a70") +
      shape("M42 8l6 3-6 3z", "#f0a429") +
      disc(37, 9, 1.9, "#16181d"),
  ),
  "bird flying": draw(
    64,
    32,
    shape("M30 20Q20 2 2 3q10 5 12 11 6 9 18 10z", "#4c5a70") +
      shape("M32 20Q40 3 62 3 52 8 50 14q-5 9-16 10z", "#4c5a70") +
      shape("M20 27q4-8 14-8 8-2 11 3l5 2-6 2q-4 6-13 5-7 0-11-4z", "#6f86a8"),
  ),
  bear: draw(
    60,
    42,
    rect(13, 24, 9, 17, "#5a3718", 3) +
      rect(42, 24, 9, 17, "#5a3718", 3) +
      shape("M16 14q10-8 24-6 16 2 17 16 0 8-6 8H18Q8 30 10 20z", "#7d4e2a") +
      rect(19, 26, 9, 15, "#7d4e2a", 3) +
      rect(36, 26, 9, 15, "#7d4e2a", 3) +
      disc(8, 6, 4, "#5a3718") +
      disc(20, 6, 4, "#5a3718") +
      disc(14, 14, 10.5, "#7d4e2a") +
      oval(10, 18, 6, 4.5, "#c79a6b") +
      oval(7, 16.5, 2.2, 1.7, "#221510") +
      disc(11, 11, 1.5, "#221510") +
      disc(18, 12, 1.5, "#221510"),
  ),
  tie: draw(
    18,
    56,
    shape("M4 1h10l2 6-4 6H6L2 7z", "#1d4ed8") +
      shape("M6.500 13h5l5 34-7.500 8L1.500 47z", "#2f62ea") +
      line("M4.500 29l8 7M3 40l10 9", "#9cc0fb", 2.6),
  ),
  frisbee: draw(
    40,
    18,
    oval(20, 9, 19, 8.5, "#1f8fe0") + oval(20, 8, 14, 5.4, "#63b8f2") + oval(20, 8, 7, 2.6, "#1f8fe0"),
  ),
  skis: draw(
    70,
    16,
    shape("M2 5 58 4q5 0 9-4l2 2q-3 6-10 6L3 9z", "#e11d48") +
      shape("M1 12 54 11q5 0 9-4l2 2q-3 6-10 6L2 16z", "#b3123a") +
      rect(26, 3, 9, 4, "#2b2f3a", 1) +
      rect(23, 10, 9, 4, "#2b2f3a", 1),
  ),
  snowboard: draw(
    70,
    16,
    shape("M1 3q2-2 4 0 4 4 9 4h42q5 0 9-4 2-2 4 0 1 2-1 4-5 7-12 7H14Q7 14 2 7 0 5 1 3z", "#7c3aed") +
      rect(20, 5, 6, 6, "#fde047", 1) +
      rect(44, 5, 6, 6, "#fde047", 1),
  ),
  "baseball bat": draw(
    56,
    56,
    shape("M4 47 9 52 26 36 48 18q8-8 5-13t-13 3L21 30z", "#d19a5a") +
      shape("M4 47 9 52 19 42.500 14 37.500z", "#3a3d47") +
      disc(6, 50, 5, "#3a3d47"),
  ),
  "baseball glove": draw(
    48,
    46,
    shape(
      "M8 24Q3 12 8 8q4-2 6 3 0-9 5-9 4 0 5 7 1-8 6-7 4 1 4 9 3-6 7-4 5 4 2 20-2 17-18 18Q9 44 5 32q-2-6 3-8z",
      "#b3642a",
    ) +
      line("M14 11q1 8 3 12M24 9q0 8 0 13M34 11q-1 8-3 12", "#7c3f13", 2.4) +
      oval(24, 32, 10, 7, "#7c3f13") +
      disc(24, 31, 5.5, "#f7f4ec"),
  ),
  skateboard: draw(
    70,
    20,
    shape("M2 2q2-1 4 1 3 4 9 4h40q6 0 9-4 2-2 4-1 1 2-1 5-4 5-11 5H14Q7 12 3 7 1 4 2 2z", "#e06a2a") +
      wheel(18, 15, 5) +
      wheel(52, 15, 5),
  ),
  surfboard: draw(
    26,
    84,
    shape("M13 0q12 22 12 46 0 20-9 37-3 2-6 0Q1 66 1 46 1 22 13 0z", "#fff1c9") +
      shape("M2 36h22q1 6 1 10H1q0-5 1-10z", "#f97316") +
      rect(11.8, 4, 2.4, 76, "#0ea5e9"),
  ),
  "surfboard flat": draw(
    92,
    20,
    shape("M0 13Q20 2 48 2q24 0 42 5 3 3 0 5-16 7-42 7Q20 19 0 13z", "#fff1c9") +
      shape("M36 2.500h12v16H36z", "#f97316") +
      line("M4 12.500q42-4 84-3", "#0ea5e9", 2.4),
  ),
  "tennis racket": draw(
    34,
    74,
    rect(14, 44, 6, 29, "#3a3d47", 2.5) +
      shape("M9 34 15 47h4l6-13z", "#d8342f") +
      oval(17, 20, 16, 20, "#d8342f") +
      oval(17, 20, 12.5, 16.5, "#f4f7fb") +
      line("M6 13h22M5 20h24M6 27h22M11 6v28M17 4v32M23 6v28", "#b4bfcc", 1.3),
  ),
  bottle: draw(
    22,
    64,
    rect(7.5, 0, 7, 7, "#c7372f", 1.5) +
      shape("M8 7h6v11q7 4 7 12v29q0 4-4 4H5q-4 0-4-4V30q0-8 7-12z", "#1f9a4f") +
      rect(1, 34, 20, 16, "#fbf3d0"),
  ),
  cup: draw(
    48,
    42,
    `<circle cx="37" cy="20" r="8" fill="none" stroke="#d9dde6" stroke-width="4.500"/>` +
      shape("M3 6h34v24q0 11-11 11H14Q3 41 3 30z", "#f3f5f9") +
      shape("M3 26h34v4q0 11-11 11H14Q3 41 3 30z", "#d9dde6") +
      oval(20, 6.5, 17, 5, "#d9dde6") +
      oval(20, 7, 13.5, 3.3, "#6b3d1e"),
  ),
  fork: draw(16, 68, shape("M1 0h3v15h2.500V0h3v15H12V0h3v20q0 6-5 7l1 39q-3 4-6 0l1-39q-5-1-5-7z", "#a3abb8")),
  knife: draw(14, 68, shape("M4 38V6Q5 0 9 2q4 6 4 20v16z", "#c3cad5") + rect(3, 37, 9, 31, "#3a3d47", 3.5)),
  spoon: draw(
    18,
    68,
    oval(9, 13, 8.5, 13, "#a3abb8") + oval(9, 12, 5.5, 9, "#c6ccd6") + rect(7, 24, 4, 44, "#a3abb8", 2),
  ),
  bowl: draw(
    60,
    34,
    shape("M2 9h56q0 17-16 23H18Q2 26 2 9z", "#2f8fd8") +
      shape("M18 32h24q8-3 12-10H6q4 7 12 10z", "#2373b4") +
      oval(30, 9, 28, 8, "#8cc8f2") +
      oval(30, 10, 23, 5.5, "#f0d9a0"),
  ),
  sandwich: draw(
    64,
    40,
    rect(3, 29, 58, 10, "#d9a05b", 5) +
      rect(2, 25, 60, 5, "#b9562f", 2) +
      rect(3, 20, 58, 5, "#ffd23f", 1) +
      shape("M1 21q5-8 10-3 5-5 10 0 6-5 11 0 5-5 11 0 5-5 10 0 5-5 10 3-26 5-52 0z", "#5fb83a") +
      shape("M4 17Q4 2 32 2t28 15z", "#e6b06a"),
  ),
  broccoli: draw(
    48,
    48,
    shape("M16 26h16l-3 12q0 8-5 9-5-1-5-9z", "#8cc152") +
      disc(12, 20, 10.5, "#2f7d3a") +
      disc(36, 20, 10.5, "#2f7d3a") +
      disc(24, 12, 11.5, "#3c9647") +
      disc(19, 25, 8, "#3c9647") +
      disc(30, 25, 8, "#2f7d3a"),
  ),
  pizza: draw(
    64,
    50,
    oval(32, 26, 31, 23.5, "#c9803a") +
      oval(32, 24.5, 31, 23, "#e5a556") +
      oval(32, 24.5, 26, 18.8, "#fbd04e") +
      [
        [20, 17],
        [36, 13],
        [46, 24],
        [31, 26],
        [17, 30],
        [39, 35],
        [27, 38],
      ]
        .map(([x, y]) => oval(x, y, 5, 3.9, "#d23a2a"))
        .join("") +
      [
        [28, 18],
        [44, 17],
        [24, 25],
        [38, 28],
        [47, 31],
        [33, 33],
      ]
        .map(([x, y]) => oval(x, y, 2, 1.5, "#4f9a3a"))
        .join(""),
  ),
  cake: draw(
    60,
    52,
    repeat(3, (i) => rect(16 + 13 * i, 8, 3.4, 13, "#4aa3e8") + oval(17.7 + 13 * i, 5.5, 2.6, 4, "#ffb52e")) +
      rect(4, 19, 52, 30, "#c9803a", 5) +
      rect(4, 33, 52, 5, "#fff1dc") +
      shape("M4 25q0-6 6-6h40q6 0 6 6v3q-4 7-9 0-4 7-9 0-4 7-8 0-5 7-9 0-4 7-9 0-4 7-8 0z", "#f78fb3") +
      rect(1, 47, 58, 4.5, "#e3e7ee", 2),
  ),
  chair: draw(
    40,
    60,
    rect(6, 2, 28, 28, "#b5763a", 4) +
      rect(10, 7, 20, 4.5, "#8a5424", 1.5) +
      rect(10, 15, 20, 4.5, "#8a5424", 1.5) +
      rect(7, 36, 5, 24, "#8a5424") +
      rect(28, 36, 5, 24, "#8a5424") +
      rect(3, 29, 34, 9, "#c98a4a", 3),
  ),
  couch: draw(
    84,
    42,
    rect(8, 36, 6, 6, "#5a3718") +
      rect(70, 36, 6, 6, "#5a3718") +
      rect(8, 2, 68, 28, "#c4473a", 7) +
      rect(41, 4, 2, 22, "#93302a") +
      rect(10, 20, 64, 14, "#d9604f", 4) +
      rect(41, 21, 2, 13, "#93302a") +
      rect(1, 13, 14, 25, "#a83a30", 6) +
      rect(69, 13, 14, 25, "#a83a30", 6),
  ),
  bed: draw(
    80,
    48,
    rect(2, 2, 76, 26, "#8a5424", 4) +
      rect(10, 15, 26, 13, "#ffffff", 5) +
      rect(44, 15, 26, 13, "#ffffff", 5) +
      shape("M6 25h68l5 17H1z", "#4f8fdc") +
      shape("M6 25h68l1.500 5h-71z", "#dcebfb") +
      rect(1, 41, 78, 5, "#2f66b0") +
      rect(4, 45, 6, 3, "#5a3718") +
      rect(70, 45, 6, 3, "#5a3718"),
  ),
  "dining table": draw(
    88,
    44,
    rect(9, 20, 6, 24, "#7c4a20") +
      rect(73, 20, 6, 24, "#7c4a20") +
      shape("M12 2h64l11 17q1 3-2 3H3q-3 0-2-3z", "#c98d52") +
      shape("M1 19q-1 5 2 5h82q3 0 2-5z", "#95602c"),
  ),
  tv: draw(
    72,
    48,
    rect(30, 40, 12, 5, "#4a4e5a") +
      rect(20, 44, 32, 4, "#4a4e5a", 2) +
      rect(1, 1, 70, 41, "#22252d", 3) +
      rect(4, 4, 64, 34, "#4aa3e8") +
      shape("M4 38 24 18l14 12 10-8 20 16z", "#2f7a4a") +
      disc(54, 13, 5, "#ffe08a"),
  ),
  laptop: draw(
    72,
    48,
    rect(10, 1, 52, 34, "#3a3d47", 3) +
      rect(13, 4, 46, 28, "#4fc0f5") +
      shape("M10 34h52l9 11q0 3-3 3H4q-3 0-3-3z", "#c3c8d2") +
      shape("M14 36h44l4 5H10z", "#6c7280") +
      rect(28, 42.5, 16, 3, "#9aa1ae", 1),
  ),
  remote: draw(
    20,
    60,
    rect(1, 1, 18, 58, "#2b2d35", 5) +
      disc(10, 9, 4, "#ef4444") +
      repeat(9, (i) => rect(4.5 + (i % 3) * 4.2, 19 + Math.floor(i / 3) * 6.5, 3, 4, "#d7dae2", 1)) +
      disc(10, 47, 5.5, "#7c8494"),
  ),
  microwave: draw(
    68,
    40,
    rect(1, 1, 66, 37, "#dde1e8", 3) +
      rect(5, 6, 42, 27, "#23262e", 2) +
      rect(9, 10, 34, 19, "#4a5162", 1) +
      rect(51, 6, 12, 6, "#3ddc84", 1) +
      repeat(6, (i) => rect(51 + (i % 2) * 6.5, 16 + Math.floor(i / 2) * 6, 5, 4, "#8a92a2", 1)) +
      rect(6, 37, 7, 3, "#4a4e5a") +
      rect(55, 37, 7, 3, "#4a4e5a"),
  ),
  oven: draw(
    52,
    58,
    rect(1, 3, 50, 54, "#c3c8d2", 2) +
      repeat(2, (i) => rect(7 + 22 * i, 0, 16, 4, "#23262e", 1)) +
      rect(1, 4, 50, 11, "#5a6070") +
      repeat(4, (i) => disc(9 + i * 11.3, 9.5, 3.4, "#f4f5f7")) +
      rect(6, 18, 40, 4, "#eef0f4", 2) +
      rect(7, 26, 38, 24, "#23262e", 2) +
      rect(12, 38, 28, 8, "#f59e2b", 2),
  ),
  toaster: draw(
    56,
    42,
    rect(12, 0, 13, 18, "#d9a05b", 4) +
      rect(30, 0, 13, 18, "#d9a05b", 4) +
      rect(3, 10, 46, 29, "#cbd2dd", 8) +
      rect(9, 11, 34, 4, "#5a6070", 2) +
      rect(3, 29, 46, 4, "#97a0b0") +
      rect(48, 17, 8, 6, "#e0322f", 2) +
      rect(8, 38, 8, 4, "#3a3d47") +
      rect(36, 38, 8, 4, "#3a3d47"),
  ),
  sink: draw(
    64,
    44,
    line("M30 18V8q0-6 7-6t7 7v3", "#7b8596", 5) +
      rect(19, 13, 7, 6, "#7b8596", 2) +
      shape("M1 18h62v7q-4 18-18 18H19Q5 43 1 25z", "#f3f6fa") +
      shape("M1 25h62q-4 18-18 18H19Q5 43 1 25z", "#d3dbe5") +
      oval(32, 20.5, 25, 3.8, "#97b6cc"),
  ),
  refrigerator: draw(
    36,
    72,
    rect(1, 1, 34, 69, "#e6ebf2", 3) +
      rect(28, 1, 7, 69, "#cdd5e0", 3) +
      rect(1, 25, 34, 2.5, "#7b8596") +
      rect(5, 9, 3, 12, "#5a6475", 1) +
      rect(5, 32, 3, 17, "#5a6475", 1) +
      rect(4, 69, 6, 3, "#3a3d47") +
      rect(26, 69, 6, 3, "#3a3d47"),
  ),
  book: draw(
    48,
    36,
    shape("M1 5q12-5 23 0 11-5 23 0v28q-12-4-23 1-11-5-23-1z", "#c0392b") +
      shape("M4 3q11-3 20 2v25Q15 26 4 29z", "#fbf6e8") +
      shape("M44 3q-11-3-20 2v25q9-4 20-1z", "#f0e8d0") +
      line("M8 10q6-1 11 1M8 16q6-1 11 1M8 22q6-1 11 1M29 11q6-2 11-1M29 17q6-2 11-1M29 23q6-2 11-1", "#a39a82", 1.6),
  ),
  "books standing": draw(
    22,
    48,
    rect(1, 4, 7, 44, "#c0392b", 1) +
      rect(8, 1, 7, 47, "#2f7de0", 1) +
      rect(15, 7, 6, 41, "#2f9e58", 1) +
      rect(1, 10, 7, 3, "#f5d98a") +
      rect(8, 8, 7, 3, "#f5d98a") +
      rect(15, 13, 6, 3, "#f5d98a"),
  ),
  clock: draw(
    48,
    48,
    disc(24, 24, 23, "#3a3d47") +
      disc(24, 24, 18.5, "#fbfbf4") +
      line("M24 24V11M24 24l8 6", "#16181d", 3.2) +
      repeat(4, (i) => rect(22.8, 7.5, 2.4, 4, "#16181d").replace("/>", ` transform="rotate(${i * 90} 24 24)"/>`)) +
      disc(24, 24, 2.4, "#e0322f"),
  ),
  vase: draw(
    36,
    58,
    line("M18 22V8M18 22 8 11M18 22 28 11", "#3c8f45", 2.6) +
      disc(18, 6, 5.5, "#ef5d7a") +
      disc(7, 10, 5, "#ffc93c") +
      disc(29, 10, 5, "#ef5d7a") +
      shape("M11 20h14v4q-1 3 4 9 4 6 3 13-1 12-8 12H12q-7 0-8-12-1-7 3-13 5-6 4-9z", "#2280b8") +
      shape("M4 40h28v5H4z", "#a9ddf5"),
  ),
  "hair drier": draw(
    52,
    44,
    shape("M28 22h13l4 20q-6 3-11 0z", "#9d174d") +
      shape("M8 5h28q14 1 14 11T36 27H8z", "#db2777") +
      rect(1, 6, 8, 20, "#2b2d35", 2) +
      disc(36, 16, 6, "#f9c4dd"),
  ),
  toothbrush: draw(
    70,
    18,
    rect(1, 8, 68, 7, "#2f7de0", 3.5) +
      rect(3, 1, 20, 8, "#f4f7fb", 1) +
      rect(9, 1, 7, 8, "#6fd3f5") +
      rect(42, 9.5, 22, 4, "#9cc6fb", 2),
  ),
  mouse: draw(
    32,
    44,
    rect(1, 1, 30, 42, "#d5d9e2", 15) +
      rect(15, 2, 2, 17, "#8a92a2") +
      rect(2, 18, 28, 2, "#8a92a2") +
      rect(13.5, 8, 5, 9, "#5a6475", 2.5),
  ),
  keyboard: draw(
    84,
    28,
    rect(1, 1, 82, 26, "#3a3d47", 4) +
      repeat(30, (i) => rect(5 + (i % 10) * 7.5, 4.5 + Math.floor(i / 10) * 5.4, 5.8, 4, "#e8ebf1", 1)) +
      rect(22, 20.8, 40, 4, "#e8ebf1", 1),
  ),
  "cell phone": draw(
    28,
    52,
    rect(1, 1, 26, 50, "#22252d", 5) +
      rect(3.5, 6, 21, 38, "#4fb4f2", 1) +
      repeat(6, (i) =>
        rect(
          6 + (i % 3) * 5.8,
          10 + Math.floor(i / 3) * 7,
          4.4,
          4.6,
          ["#ffd23f", "#ef5d7a", "#ffffff", "#3ddc84", "#ffffff", "#f59e2b"][i],
          1,
        ),
      ) +
      disc(14, 47.5, 1.9, "#8a92a2"),
  ),
  toilet: draw(
    44,
    56,
    rect(5, 1, 15, 28, "#e6eaf1", 3) +
      rect(3, 1, 19, 5, "#c9d1dd", 2) +
      shape("M12 46h18l3 9H11z", "#d3dae5") +
      shape("M5 30h37q1 14-13 18H12Q5 42 5 30z", "#f3f6fa") +
      oval(24, 30, 18.5, 5, "#c9d1dd") +
      oval(26, 30, 13, 3, "#7fb2d4"),
  ),
  bananas: draw(
    52,
    40,
    shape("M8 2 13 1q1 4 1 8 4 16 20 19 8 1 15-3l3 3q-8 11-22 10Q11 36 7 16 6 8 8 2z", "#fbcf2d") +
      shape("M14 9q4 16 20 19 8 1 15-3l3 3q-5 4-18 4Q16 28 10 8z", "#e0a91c") +
      rect(7, 0, 6.5, 5, "#7a5a1e", 1),
  ),
  glass: draw(
    34,
    64,
    shape("M4 1h26q4 24-10 29v24h-6V30Q0 25 4 1z", "#cfe6f5") +
      shape("M4 14h26q-2 12-10 15h-6Q6 26 4 14z", "#9b1b46") +
      rect(6, 56, 22, 5, "#b4d2e6", 2.5) +
      rect(15.5, 29, 3, 28, "#b4d2e6"),
  ),
} satisfies Record<string, Drawing>;

export type DrawingName = keyof typeof DRAWINGS;
