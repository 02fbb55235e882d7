/** Our own flat drawings of vehicles, street furniture, animals and sports gear. Original work. @module */
import type { Drawing } from "./drawing.ts";
import { disc, draw, line, oval, rect, repeat, shape, wheel } from "./pens.ts";

export const OUTDOORS = {
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
    rect(2, 3, 50, 31, "#e2662a", 2) +
      rect(2, 27, 50, 4, "#c04f1b") +
      rect(2, 8, 50, 2, "#f0a27c") +
      shape("M54 12h13q3 0 5 4l5 9q1 2 1 4v5H54z", "#d0581f") +
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
} satisfies Record<string, Drawing>;
