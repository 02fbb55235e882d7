/**
 * Poses of the figure as joints. Units: an adult who stands is 100 high. Every pose faces right. Original work.
 * @module
 */

export type Joint = readonly [x: number, y: number];

export const POSES = [
  "standing",
  "walking",
  "running",
  "sitting",
  "riding",
  "cycling",
  "boarding",
  "skiing",
  "swinging",
  "throwing",
  "holding",
  "eating",
  "waving",
  "lying",
  "waist",
  "bust",
] as const;
export type Pose = (typeof POSES)[number];

export interface Skeleton {
  /** View box; the drawing is trimmed to its alpha later, except at `cut`. */
  readonly width: number;
  readonly height: number;
  readonly head: Joint;
  /** Degrees clockwise about the head's centre. */
  readonly tilt: number;
  /** Middle between the shoulders, middle between the hips. */
  readonly chest: Joint;
  readonly hip: Joint;
  /** Width of the shoulders; a body seen from the side is narrower. */
  readonly shoulders: number;
  /** Shoulder, elbow, hand; `near` is drawn over the body. */
  readonly farArm: readonly [Joint, Joint, Joint];
  readonly nearArm: readonly [Joint, Joint, Joint];
  /** Hip, knee, ankle. */
  readonly farLeg: readonly [Joint, Joint, Joint];
  readonly nearLeg: readonly [Joint, Joint, Joint];
  /** Degrees by which the whole drawing is turned (lying). */
  readonly turn?: number;
  /** The far arm is before the face. */
  readonly handsUp?: true;
  readonly eyesShut?: true;
}

const STANDING: Skeleton = {
  width: 60,
  height: 101,
  head: [30.5, 12],
  tilt: 0,
  chest: [30, 26],
  hip: [30, 53],
  shoulders: 16,
  farArm: [
    [38.5, 27],
    [42, 40],
    [42.5, 53],
  ],
  nearArm: [
    [21.5, 27],
    [18, 40],
    [17.5, 53],
  ],
  farLeg: [
    [34, 54],
    [35, 74],
    [35.5, 94],
  ],
  nearLeg: [
    [26, 54],
    [25.5, 74],
    [25, 94],
  ],
};

export const SKELETONS: Readonly<Record<Pose, Skeleton>> = {
  standing: STANDING,
  // The same figure, cut at the waist and below the shoulders.
  waist: { ...STANDING, height: 59 },
  bust: { ...STANDING, height: 41, width: 52 },
  walking: {
    width: 70,
    height: 101,
    head: [37, 12],
    tilt: 2,
    chest: [35, 26],
    hip: [34, 53],
    shoulders: 13,
    farArm: [
      [38, 28],
      [46, 38],
      [54, 45],
    ],
    nearArm: [
      [33, 28],
      [25, 39],
      [21, 50],
    ],
    farLeg: [
      [35, 54],
      [27, 72],
      [15, 88],
    ],
    nearLeg: [
      [35, 54],
      [45, 72],
      [50, 94],
    ],
  },
  running: {
    width: 96,
    height: 101,
    head: [56, 13],
    tilt: 8,
    chest: [51, 27],
    hip: [44, 52],
    shoulders: 13,
    farArm: [
      [54, 29],
      [66, 37],
      [75, 27],
    ],
    nearArm: [
      [48, 29],
      [35, 36],
      [28, 48],
    ],
    farLeg: [
      [44, 53],
      [32, 69],
      [11, 66],
    ],
    nearLeg: [
      [46, 53],
      [63, 63],
      [61, 86],
    ],
  },
  sitting: {
    width: 70,
    height: 88,
    head: [27, 12],
    tilt: 0,
    chest: [25, 26],
    hip: [24, 54],
    shoulders: 13,
    farArm: [
      [29, 28],
      [36, 41],
      [45, 48],
    ],
    nearArm: [
      [23, 28],
      [25, 43],
      [38, 49],
    ],
    farLeg: [
      [27, 56],
      [48, 57],
      [51, 79],
    ],
    nearLeg: [
      [25, 57],
      [44, 60],
      [45, 82],
    ],
  },
  // Behind a table: half a figure, one hand at the mouth.
  eating: {
    ...STANDING,
    width: 66,
    height: 57,
    tilt: 4,
    farArm: [
      [38.5, 27],
      [45, 41],
      [38.5, 21.5],
    ],
    nearArm: [
      [21.5, 27],
      [18, 42],
      [30, 50],
    ],
    handsUp: true,
  },
  riding: {
    width: 70,
    height: 92,
    head: [31, 12],
    tilt: 3,
    chest: [28, 26],
    hip: [24, 54],
    shoulders: 13,
    farArm: [
      [32, 28],
      [41, 38],
      [53, 42],
    ],
    nearArm: [
      [26, 28],
      [34, 41],
      [50, 45],
    ],
    farLeg: [
      [26, 55],
      [43, 63],
      [42, 82],
    ],
    nearLeg: [
      [25, 56],
      [40, 66],
      [36, 86],
    ],
  },
  cycling: {
    width: 78,
    height: 98,
    head: [46, 12],
    tilt: 6,
    chest: [39, 25],
    hip: [24, 49],
    shoulders: 13,
    farArm: [
      [43, 27],
      [52, 40],
      [64, 44],
    ],
    nearArm: [
      [38, 28],
      [49, 43],
      [63, 47],
    ],
    farLeg: [
      [25, 50],
      [46, 58],
      [43, 78],
    ],
    nearLeg: [
      [24, 51],
      [41, 69],
      [34, 91],
    ],
  },
  boarding: {
    width: 100,
    height: 91,
    head: [54, 12],
    tilt: 6,
    chest: [50, 26],
    hip: [46, 50],
    shoulders: 14,
    farArm: [
      [55, 28],
      [70, 30],
      [84, 24],
    ],
    nearArm: [
      [45, 28],
      [31, 31],
      [17, 38],
    ],
    farLeg: [
      [49, 51],
      [69, 61],
      [66, 83],
    ],
    nearLeg: [
      [44, 51],
      [30, 66],
      [26, 84],
    ],
  },
  skiing: {
    width: 90,
    height: 92,
    head: [50, 13],
    tilt: 8,
    chest: [43, 27],
    hip: [29, 49],
    shoulders: 13,
    farArm: [
      [47, 29],
      [57, 40],
      [70, 42],
    ],
    nearArm: [
      [42, 30],
      [51, 43],
      [64, 46],
    ],
    farLeg: [
      [31, 50],
      [51, 61],
      [44, 82],
    ],
    nearLeg: [
      [29, 51],
      [46, 64],
      [36, 84],
    ],
  },
  swinging: {
    width: 92,
    height: 101,
    head: [44, 12],
    tilt: 2,
    chest: [41, 26],
    hip: [40, 53],
    shoulders: 14,
    farArm: [
      [47, 28],
      [60, 32],
      [74, 24],
    ],
    nearArm: [
      [36, 28],
      [48, 38],
      [68, 28],
    ],
    farLeg: [
      [43, 54],
      [56, 71],
      [60, 93],
    ],
    nearLeg: [
      [38, 54],
      [28, 73],
      [20, 92],
    ],
  },
  throwing: {
    width: 96,
    height: 101,
    head: [50, 13],
    tilt: 0,
    chest: [45, 27],
    hip: [43, 53],
    shoulders: 14,
    farArm: [
      [51, 28],
      [64, 34],
      [77, 33],
    ],
    nearArm: [
      [39, 28],
      [24, 26],
      [20, 11],
    ],
    farLeg: [
      [45, 54],
      [61, 69],
      [68, 90],
    ],
    nearLeg: [
      [42, 54],
      [33, 74],
      [20, 93],
    ],
  },
  holding: {
    width: 64,
    height: 101,
    head: [31, 12],
    tilt: 0,
    chest: [30, 26],
    hip: [30, 53],
    shoulders: 15,
    farArm: [
      [37.5, 27],
      [46, 38],
      [55, 30],
    ],
    nearArm: [
      [22, 27],
      [23, 42],
      [37, 43],
    ],
    farLeg: [
      [34, 54],
      [35, 74],
      [35.5, 94],
    ],
    nearLeg: [
      [26, 54],
      [25.5, 74],
      [25, 94],
    ],
  },
  waving: {
    width: 68,
    height: 101,
    head: [30.5, 14],
    tilt: 0,
    chest: [30, 28],
    hip: [30, 54],
    shoulders: 16,
    farArm: [
      [38.5, 29],
      [50, 24],
      [54, 9],
    ],
    nearArm: [
      [21.5, 29],
      [18, 42],
      [17.5, 54],
    ],
    farLeg: [
      [34, 55],
      [35, 75],
      [35.5, 94],
    ],
    nearLeg: [
      [26, 55],
      [25.5, 75],
      [25, 94],
    ],
  },
  lying: {
    ...STANDING,
    width: 101,
    height: 60,
    turn: -90,
    nearArm: [
      [21.5, 27],
      [19, 40],
      [27, 50],
    ],
    eyesShut: true,
  },
};
