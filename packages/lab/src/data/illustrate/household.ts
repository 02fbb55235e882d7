/** Our own flat drawings of food, furniture and household things. Original work. @module */
import type { Drawing } from "./drawing.ts";
import { disc, draw, line, oval, rect, repeat, shape } from "./pens.ts";

export const HOUSEHOLD = {
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
