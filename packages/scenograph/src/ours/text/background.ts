/**
 * What a caption says about the place: one of 16 kinds of background and the time of day. The illustrated pictures are drawn
 * by it, and evaluation asks whether a generated picture has the background of its caption. Ours, not the paper's. Browser-safe.
 * @module
 */

export const BACKGROUND_KINDS = [
  "snow",
  "beach",
  "ocean",
  "tennis",
  "baseball",
  "bath",
  "kitchen",
  "table",
  "room",
  "track",
  "street",
  "airport",
  "forest",
  "dirt",
  "grass",
  "sky",
] as const;
export type BackgroundKind = (typeof BACKGROUND_KINDS)[number];

export const TIMES = ["day", "night", "sunset"] as const;
export type TimeOfDay = (typeof TIMES)[number];

/** First match wins: places that fix the whole picture come before things that merely occur there. */
const RULES: readonly (readonly [BackgroundKind, RegExp])[] = [
  ["snow", /\b(snow|snowy|snow-?covered|snowboard\w*|ski|skis|skier|skiers|skiing|slopes?|icy)\b/],
  ["beach", /\b(beach|beaches|sand|sandy|shore|shoreline)\b/],
  ["tennis", /\b(tennis)\b/],
  ["baseball", /\b(baseball|batter|pitcher|umpire|catcher|home plate|home base|mitt)\b/],
  ["bath", /\b(bathroom|bath|toilets?|shower|restroom|bathtub|urinals?|tub|toothbrush\w*)\b/],
  ["kitchen", /\b(kitchen|stove|oven|refrigerator|fridge|countertop|microwave|toaster|kitchenette)\b/],
  [
    "ocean",
    /\b(ocean|sea|lake|river|waves?|surf|surfer|surfers|surfing|surfboards?|harbor|harbour|marina|bay|pond|canal|boats?|sailboats?|dock|pier|(?<!(?:of|bottled|drinking) )water(?! (?:bottle|glass|fountain)))\b/,
  ],
  ["airport", /\b(airport|runway|tarmac|landing strip)\b/],
  ["track", /\b(trains?|tracks?|railroad|railway|rail|train station|locomotive|subway)\b/],
  [
    "table",
    /\b(plates?|tray|bowls?|pizzas?|cakes?|sandwich\w*|tables?|desk|counter|donuts?|doughnuts?|hot ?dogs?|meal|food|dish|dishes|cutting board)\b/,
  ],
  [
    "room",
    /\b(rooms?|bedroom|couch|couches|sofa|beds?|living|indoors?|walls?|floor|carpet|rug|tv|television|office|laptops?|computers?|house|hotel|shelf|shelves|library|classroom|home)\b/,
  ],
  [
    "street",
    /\b(streets?|roads?|city|sidewalks?|traffic|parking|highway|intersection|bus|buses|downtown|cars?|trucks?|motorcycles?|motorbikes?|skateboard\w*|skate|skater|buildings?|town|curb|fire hydrants?|crosswalk|driveway|bicycles?|bikes?|scooters?)\b/,
  ],
  ["sky", /\b(sky|flying|flies|in the air|clouds?|kites?|jets?|airplanes?|aeroplanes?|planes?)\b/],
  ["forest", /\b(forest|woods|wooded|trees?|jungle|bush|bushes|branch|branches|zoo)\b/],
  ["dirt", /\b(dirt|desert|dusty|savannah?|plains|rocks?|rocky|mud|muddy|pen|corral|enclosure)\b/],
  [
    "grass",
    /\b(grass|grassy|fields?|park|lawn|pasture|meadow|hills?|hillside|farm|soccer|frisbee|garden|yard|outside|outdoors|grazing)\b/,
  ],
];

/** The kind of background a caption names, or undefined when it names none. */
export function backgroundOf(caption: string): BackgroundKind | undefined {
  const text = caption.toLowerCase();
  const kind = RULES.find(([, rule]) => rule.test(text))?.[0];
  // "a bus in a field": the place that is named, not the one that the thing suggests.
  if (kind !== "street" && kind !== "table" && kind !== "room") return kind;
  return NAMED_BY_THINGS[kind].test(text) ? kind : (OUTSIDE.find(([, rule]) => rule.test(text))?.[0] ?? kind);
}

/** Words that name the place itself, not only things that are found there. */
const NAMED_BY_THINGS = {
  street:
    /\b(streets?|roads?|city|sidewalks?|traffic|parking|highway|intersection|downtown|town|curb|crosswalk|driveway)\b/,
  table: /\b(tables?|desk|counter|cutting board|tray)\b/,
  room: /\b(rooms?|bedroom|living|indoors?|floor|carpet|rug|office|house|hotel|library|classroom|home)\b/,
};
const OUTSIDE: readonly (readonly [BackgroundKind, RegExp])[] = [
  [
    "grass",
    /\b(?:in|on|across|through) (?:an? |the |some )?(?:\w+ )?(?:grass|fields?|meadow|pasture|park|lawn|garden|yard)\b/,
  ],
  ["forest", /\b(?:in|through) (?:an? |the |some )?(?:\w+ )?(?:forest|woods|jungle)\b/],
  ["dirt", /\b(?:in|on|through) (?:an? |the |some )?(?:\w+ )?(?:desert|savannah?|mud)\b/],
];

/** Objects that suggest a place, strongest first. */
const SUGGESTS: readonly (readonly [BackgroundKind, readonly string[]])[] = [
  ["bath", ["toilet", "toothbrush", "hair drier"]],
  ["kitchen", ["oven", "refrigerator", "microwave", "toaster", "sink"]],
  ["snow", ["skis", "snowboard"]],
  ["ocean", ["surfboard", "boat"]],
  ["tennis", ["tennis racket"]],
  ["baseball", ["baseball bat", "baseball glove"]],
  ["track", ["train"]],
  ["room", ["bed", "couch", "tv", "laptop", "keyboard", "mouse", "remote", "teddy bear"]],
  [
    "table",
    [
      "pizza",
      "cake",
      "bowl",
      "cup",
      "fork",
      "knife",
      "spoon",
      "donut",
      "banana",
      "apple",
      "orange",
      "broccoli",
      "carrot",
      "hot dog",
      "sandwich",
      "wine glass",
      "bottle",
    ],
  ],
  [
    "street",
    [
      "car",
      "bus",
      "truck",
      "traffic light",
      "stop sign",
      "parking meter",
      "fire hydrant",
      "motorcycle",
      "bicycle",
      "skateboard",
    ],
  ],
  ["sky", ["airplane", "kite"]],
  ["dirt", ["zebra", "elephant"]],
  ["forest", ["bear", "giraffe"]],
  ["grass", ["horse", "cow", "sheep", "frisbee", "dog", "bird", "sports ball", "bench", "umbrella"]],
];

/** The background suggested by the objects (category names) alone; "room" when nothing is. */
export function fallbackBackground(labels: Iterable<string>): BackgroundKind {
  const present = new Set(labels);
  return SUGGESTS.find(([, names]) => names.some((n) => present.has(n)))?.[0] ?? "room";
}

/**
 * The background of a picture with this caption and these objects: the caption's, else the one that the objects suggest. A
 * caption about food on a table shows the table top, except where the table itself or people are in the picture: then it is a room.
 */
export function sceneBackground(caption: string, labels: Iterable<string>): BackgroundKind {
  const present = new Set(labels);
  const kind = backgroundOf(caption) ?? fallbackBackground(present);
  return kind === "table" && (present.has("dining table") || present.has("person")) ? "room" : kind;
}

/** Night and sunset only where the caption says so. */
export function timeOf(caption: string): TimeOfDay {
  const text = caption.toLowerCase();
  if (/\b(night|nighttime|moon|moonlight|midnight|after dark|in the dark)\b/.test(text)) return "night";
  if (/\b(sunset|sunrise|dusk|dawn|twilight|evening|sun (?:sets|is setting|rises|going down))\b/.test(text))
    return "sunset";
  return "day";
}
