/**
 * Which drawings stand for which of the 80 categories. A category has one to four styles (drawing hands, breeds) in one or more
 * poses. The caption's words and verbs and the box's aspect choose the pose, chance the style, so that two dogs may differ.
 * Icons: Fluent Emoji, flat (Microsoft, MIT licence; @iconify-json/fluent-emoji-flat) and Noto Emoji (Google, Apache-2.0;
 * @iconify-json/noto); the rest is ours.
 * @module
 */
import type { AnimalName } from "./animals.ts";
import type { DrawingName } from "./drawings.ts";
import type { Action } from "./verbs.ts";

export interface View {
  /** "own:car", "flat:cat", "noto:zebra" or "figure:walking". */
  readonly name: string;
  /** "side", "front", "standing", "lying", "grazing" ...; views of one pose are styles of each other. */
  readonly pose: string;
  /** Who drew it: "own", "flat", "noto" or "figure". */
  readonly style: string;
  /** The caption words (lower case) that call for this view; views with words are never chosen without them. */
  readonly words?: RegExp;
  /** The verbs that call for this pose; such views are never chosen without them. */
  readonly actions?: readonly Action[];
  /** The drawing faces left; everything is turned to face right before a scene is drawn. */
  readonly left?: true;
  /** The colour that colour words replace; "none" where nothing is painted. Default: the colour of most pixels. */
  readonly paint?: string;
  /** Colours that the thing has where nobody says one; one is chosen by chance. Default: the drawing's own. */
  readonly coats?: readonly string[];
}

type More = Partial<Omit<View, "name" | "style">>;
const make = (style: string, name: string, more: More): View => ({
  name: `${style}:${name}`,
  style,
  pose: "plain",
  ...more,
});
const own = (name: DrawingName | AnimalName, more: More = {}) => make("own", name, more);
const flat = (name: string, more: More = {}) => make("flat", name, more);
const noto = (name: string, more: More = {}) => make("noto", name, more);
const fixed = { paint: "none" } as const;

const CARS = ["#d9342f", "#2f6fe0", "#8f96a3", "#f4f5f7", "#2b2d35", "#f7cb2d", "#2f9e4f", "#c46a2a"];
const CLOTH = ["#c4473a", "#3f7fc4", "#5a9e66", "#b08a5a", "#8f96a3", "#8e5ab0", "#e0a83a", "#d97f9a"];
const WOOD = ["#b5763a", "#8a5530", "#d0a060", "#6b4429"];
const FUR = ["#e39a4a", "#7a6a5f", "#3a3638", "#f1ece4", "#a5673f", "#9aa0a8"];
const DOGS = ["#d99a4e", "#8a5530", "#3a3638", "#f1e9dc", "#c07a3a", "#8f8a86"];
const HORSES = ["#a5673f", "#6b3f28", "#3a3234", "#e9e2d6", "#c98a4b", "#8f8c8c"];
const side = { pose: "side" } as const;
const front = { pose: "front" } as const;
const standing = { pose: "standing" } as const;
const lying = { pose: "lying", actions: ["sleeping"] as const };
const sitting = { pose: "sitting", actions: ["sitting"] as const };
const grazing = { pose: "grazing", actions: ["eating"] as const };
const flying = { pose: "flying", actions: ["flying"] as const };

/** Views by category; the first is canonical. People are drawn as figures. */
export const VIEWS: Readonly<Record<string, readonly View[]>> = {
  person: [{ name: "figure:standing", pose: "standing", style: "figure" }],
  bicycle: [
    own("bicycle", { ...side, paint: "#e0322f", coats: CARS }),
    noto("bicycle", { ...side, left: true, paint: "#67a6ad", coats: CARS }),
  ],
  car: [
    own("car", { ...side, paint: "#e0322f", coats: CARS }),
    noto("automobile", { ...side, left: true, paint: "#f92612", coats: CARS }),
    noto("sport-utility-vehicle", { ...side, left: true, paint: "#1d86fb", coats: CARS }),
    own("car front", { ...front, paint: "#e0322f", coats: CARS }),
    flat("taxi", { ...side, left: true, words: /\b(taxi|taxis|cab|cabs)\b/ }),
    noto("taxi", { ...side, left: true, words: /\b(taxi|taxis|cab|cabs)\b/ }),
    noto("minibus", { ...side, left: true, paint: "#e0e0e0", words: /\b(vans?|minivans?)\b/ }),
  ],
  motorcycle: [
    flat("motorcycle", { ...side, left: true, paint: "#f8312f", coats: CARS }),
    noto("motorcycle", { ...side, left: true, paint: "#fe2a22", coats: CARS }),
    flat("motor-scooter", { ...side, left: true, words: /\b(scooters?|mopeds?|vespa)\b/ }),
    noto("motor-scooter", { ...side, left: true, words: /\b(scooters?|mopeds?|vespa)\b/ }),
  ],
  airplane: [own("airplane", { ...side, paint: "#eef1f6" }), flat("airplane", { pose: "above", paint: "#cdc4d6" })],
  bus: [
    own("bus", { ...side, paint: "#f5b921", coats: ["#f5b921", "#d9342f", "#2f6fe0", "#f4f5f7", "#2f9e4f"] }),
    flat("minibus", { ...side, left: true, paint: "#d3d3d3", coats: ["#d3d3d3", "#d9342f", "#2f9e4f"] }),
    own("bus front", { ...front, paint: "#f5b921", coats: ["#f5b921", "#d9342f", "#2f6fe0", "#f4f5f7"] }),
  ],
  train: [
    own("train", { ...side, paint: "#3f6fc4", coats: ["#3f6fc4", "#c73a35", "#8f96a3", "#e0a22f", "#3a8a55"] }),
    own("train front", { ...front, paint: "#3f6fc4", coats: ["#3f6fc4", "#c73a35", "#8f96a3", "#e0a22f", "#3a8a55"] }),
    flat("locomotive", { ...side, left: true, words: /\b(steam|locomotive|steam engine)\b/ }),
    noto("locomotive", { ...side, left: true, words: /\b(steam|locomotive|steam engine)\b/ }),
  ],
  truck: [
    own("truck", { ...side, paint: "#e2662a", coats: CARS }),
    flat("delivery-truck", { ...side, left: true, paint: "#fcd53f", coats: CARS }),
    noto("pickup-truck", { ...side, left: true, words: /\bpick-?ups?\b/ }),
    flat("fire-engine", { ...side, left: true, words: /\b(fire ?trucks?|fire engines?)\b/ }),
    noto("fire-engine", { ...side, left: true, words: /\b(fire ?trucks?|fire engines?)\b/ }),
  ],
  boat: [
    own("boat", { ...side, paint: "#e0322f", coats: CARS }),
    own("boat low", { pose: "low", paint: "#e0322f", coats: CARS }),
    noto("motor-boat", { pose: "low", left: true, paint: "none" }),
    noto("sailboat", { ...side, words: /\b(sail\w*)\b/, paint: "none" }),
    noto("passenger-ship", { ...side, words: /\b(ships?|cruise|ferry|liner)\b/, paint: "none" }),
  ],
  "traffic light": [
    flat("vertical-traffic-light", { ...front, ...fixed }),
    noto("vertical-traffic-light", { ...front, ...fixed }),
    flat("horizontal-traffic-light", { pose: "wide", ...fixed }),
  ],
  "fire hydrant": [own("fire hydrant", { paint: "#e0322f", coats: ["#e0322f", "#f7cb2d", "#2f6fe0", "#f4f5f7"] })],
  "stop sign": [own("stop sign", fixed)],
  "parking meter": [own("parking meter", { paint: "#46526a", coats: ["#46526a", "#2f6fe0", "#8f96a3"] })],
  bench: [own("bench", { paint: "#b5763a", coats: [...WOOD, "#4a7f55"] })],
  bird: [
    own("bird", { ...standing, paint: "#6f86a8", coats: ["#6f86a8", "#c7433a", "#e0a93a", "#4a4a52", "#f1efe9"] }),
    noto("bird", { ...standing, left: true, paint: "#36b4e1" }),
    own("bird flying", { ...flying, paint: "#6f86a8", coats: ["#6f86a8", "#f1efe9", "#4a4a52"] }),
    flat("duck", { ...standing, left: true, words: /\b(ducks?|ducklings?|mallards?)\b/, ...fixed }),
    noto("duck", { ...standing, left: true, words: /\b(ducks?|ducklings?|mallards?)\b/, ...fixed }),
    flat("parrot", { ...standing, left: true, words: /\b(parrots?|parakeets?|macaws?)\b/, ...fixed }),
  ],
  cat: [
    flat("cat", { ...standing, left: true, coats: FUR }),
    noto("black-cat", { ...standing, left: true, paint: "#4d4d4d", coats: FUR }),
    own("cat lying", { ...lying, paint: "#f0a04b", coats: FUR }),
    own("cat sitting", { ...sitting, paint: "#f0a04b", coats: FUR }),
  ],
  dog: [
    flat("dog", { ...standing, left: true, coats: DOGS }),
    flat("poodle", { ...standing, left: true, words: /\bpoodles?\b/ }),
    own("dog standing", { ...standing, paint: "#c98a4b", coats: DOGS }),
    noto("poodle", { ...standing, left: true, words: /\bpoodles?\b/ }),
    own("dog lying", { ...lying, paint: "#c98a4b", coats: DOGS }),
    own("dog sitting", { ...sitting, paint: "#c98a4b", coats: DOGS }),
  ],
  horse: [
    flat("horse", { ...standing, left: true, coats: HORSES }),
    noto("horse", { pose: "running", left: true, actions: ["running"], coats: HORSES }),
    own("horse grazing", { ...grazing, paint: "#a5673f", coats: HORSES }),
  ],
  sheep: [
    flat("ewe", { ...standing, left: true, coats: ["#e9e4dc", "#cfc3b4", "#f4f1ea", "#6a5f5a"] }),
    noto("ram", { ...standing, left: true, words: /\brams?\b/ }),
    own("sheep grazing", { ...grazing, paint: "#f3eee5" }),
  ],
  cow: [
    flat("cow", { ...standing, left: true, paint: "#e6e6e6", coats: ["#e6e6e6", "#a5673f", "#3a3638"] }),
    noto("cow", { ...standing, left: true, ...fixed }),
    flat("ox", { ...standing, left: true, words: /\b(ox|oxen|bulls?|brown cows?|brown cattle)\b/ }),
    own("cow grazing", { ...grazing, paint: "#f2ede6", coats: ["#f2ede6", "#a5673f"] }),
  ],
  elephant: [
    flat("elephant", { ...standing, left: true, ...fixed }),
    noto("elephant", { ...standing, left: true, ...fixed }),
  ],
  bear: [own("bear", { ...standing, left: true, paint: "#7d4e2a", coats: ["#7d4e2a", "#4a3a35", "#a5764a"] })],
  zebra: [noto("zebra", { ...standing, left: true, ...fixed })],
  giraffe: [
    flat("giraffe", { ...standing, left: true, ...fixed }),
    noto("giraffe", { ...standing, left: true, ...fixed }),
  ],
  backpack: [flat("backpack", { coats: CLOTH }), noto("backpack", { paint: "#f44336", coats: CLOTH })],
  umbrella: [flat("umbrella", { coats: CLOTH }), noto("umbrella", { paint: "#5547f4", coats: CLOTH })],
  handbag: [flat("handbag", { paint: "#a8703f", coats: CLOTH }), noto("handbag", { paint: "#e6a467", coats: CLOTH })],
  tie: [own("tie", { paint: "#1d4ed8", coats: CLOTH })],
  suitcase: [flat("luggage", { coats: CLOTH }), flat("briefcase", { words: /\bbriefcases?\b/ })],
  frisbee: [own("frisbee", { paint: "#1f8fe0", coats: CARS })],
  skis: [own("skis", { paint: "#e11d48", coats: CARS })],
  snowboard: [own("snowboard", { paint: "#7c3aed", coats: CARS })],
  "sports ball": [
    flat("soccer-ball", fixed),
    noto("soccer-ball", fixed),
    flat("softball", { words: /\btennis\b/, ...fixed }),
    flat("baseball", { words: /\b(baseball|batter|pitcher|bat|umpire|catcher)\b/, ...fixed }),
    flat("basketball", { words: /\bbasketball\b/, ...fixed }),
    flat("volleyball", { words: /\bvolley ?ball\b/, ...fixed }),
  ],
  kite: [flat("kite", fixed), noto("kite", fixed)],
  "baseball bat": [own("baseball bat", { paint: "#d19a5a" })],
  "baseball glove": [own("baseball glove", { paint: "#b3642a" })],
  skateboard: [own("skateboard", { paint: "#e06a2a", coats: CARS })],
  surfboard: [
    own("surfboard flat", {
      pose: "flat",
      paint: "#fff1c9",
      coats: ["#fff1c9", "#f4f5f7", "#f7cb2d", "#58b4d8", "#e8705f"],
    }),
    own("surfboard", {
      pose: "upright",
      paint: "#fff1c9",
      coats: ["#fff1c9", "#f4f5f7", "#f7cb2d", "#58b4d8", "#e8705f"],
    }),
  ],
  "tennis racket": [own("tennis racket", { paint: "#d8342f", coats: CARS })],
  bottle: [own("bottle", { paint: "#1f9a4f", coats: ["#1f9a4f", "#8a5530", "#3f7fc4", "#c7372f"] })],
  "wine glass": [own("glass", fixed), noto("wine-glass", fixed)],
  cup: [own("cup", { paint: "#f3f5f9", coats: ["#f3f5f9", "#d9534a", "#3f7fc4", "#5a9e66", "#e0a83a"] })],
  fork: [own("fork", fixed)],
  knife: [own("knife", fixed)],
  spoon: [own("spoon", fixed)],
  bowl: [own("bowl", { paint: "#2f8fd8", coats: ["#2f8fd8", "#e9e6df", "#d9654a", "#5a9e66"] })],
  banana: [own("bananas", { pose: "bunch", paint: "#fbcf2d" }), noto("banana", { pose: "peeled", ...fixed })],
  apple: [
    flat("red-apple", { paint: "#f8312f", coats: ["#f8312f", "#f8312f", "#7cc23a"] }),
    noto("red-apple", { paint: "#f03020", coats: ["#e8301f", "#7cc23a"] }),
  ],
  sandwich: [own("sandwich", fixed), noto("sandwich", fixed)],
  orange: [flat("tangerine", fixed), noto("tangerine", fixed)],
  broccoli: [own("broccoli", fixed), noto("broccoli", fixed)],
  carrot: [flat("carrot", fixed), noto("carrot", fixed)],
  "hot dog": [flat("hot-dog", fixed), noto("hot-dog", fixed)],
  pizza: [
    own("pizza", { pose: "whole", ...fixed }),
    noto("pizza", { pose: "slice", words: /\bslices?\b/, ...fixed }),
    flat("pizza", { pose: "slice", words: /\bslices?\b/, ...fixed }),
  ],
  donut: [flat("doughnut", fixed), noto("doughnut", fixed)],
  cake: [
    own("cake", { pose: "whole", paint: "#f78fb3", coats: ["#f78fb3", "#8a5a3a", "#f6efdc"] }),
    noto("birthday-cake", { pose: "whole", ...fixed }),
    flat("shortcake", { pose: "slice", words: /\b(slices?|pieces?) of\b/, ...fixed }),
  ],
  chair: [
    own("chair", { paint: "#b5763a", coats: WOOD }),
    noto("chair", { left: true, paint: "#ba793e", coats: WOOD }),
  ],
  couch: [own("couch", { paint: "#c4473a", coats: CLOTH })],
  "potted plant": [
    flat("potted-plant", fixed),
    noto("potted-plant", fixed),
    noto("cactus", { words: /\bcact/, ...fixed }),
  ],
  bed: [own("bed", { paint: "#4f8fdc", coats: CLOTH })],
  "dining table": [own("dining table", { paint: "#c98d52", coats: WOOD })],
  toilet: [own("toilet", { paint: "#f3f6fa" })],
  tv: [own("tv", { paint: "#2b2d35" })],
  laptop: [own("laptop", { paint: "#c3c8d2" })],
  mouse: [own("mouse", { paint: "#d5d9e2", coats: ["#d5d9e2", "#2b2d35"] })],
  remote: [own("remote", { paint: "#2b2d35" })],
  keyboard: [own("keyboard", { paint: "#3a3d47", coats: ["#3a3d47", "#d5d9e2"] })],
  "cell phone": [own("cell phone", { paint: "#22252d", coats: ["#22252d", "#c7cbd3", "#d97f9a"] })],
  microwave: [own("microwave", { paint: "#dde1e8" })],
  oven: [own("oven", { paint: "#c3c8d2", coats: ["#c3c8d2", "#3a3d45"] })],
  toaster: [own("toaster", { paint: "#cbd2dd", coats: ["#cbd2dd", "#d9534a"] })],
  sink: [own("sink", { paint: "#f3f6fa" })],
  refrigerator: [own("refrigerator", { paint: "#e6ebf2", coats: ["#e6ebf2", "#aeb6c2"] })],
  book: [
    own("book", { pose: "flat", paint: "#c0392b", coats: CLOTH }),
    own("books standing", { pose: "row", ...fixed }),
  ],
  clock: [
    own("clock", { paint: "#3a3d47", coats: ["#3a3d47", "#8a5530", "#c7372f"] }),
    flat("alarm-clock", { words: /\balarm\b/ }),
  ],
  vase: [own("vase", { paint: "#2280b8", coats: ["#2280b8", "#c75a3a", "#e9e6df", "#3a8a6a"] })],
  scissors: [flat("scissors", { paint: "#f8312f", coats: CARS })],
  "teddy bear": [
    flat("teddy-bear", { coats: ["#e6a859", "#9c6a42", "#d8d2ca"] }),
    noto("teddy-bear", { paint: "#a65f3e", coats: ["#a65f3e", "#c99a62"] }),
  ],
  "hair drier": [own("hair drier", { left: true, paint: "#db2777", coats: CLOTH })],
  toothbrush: [own("toothbrush", { left: true, paint: "#2f7de0", coats: CARS })],
};

/** Categories whose shape may be pulled far out of proportion and still be what it is. */
const ELASTIC = new Set(
  "dining table,bed,couch,tv,refrigerator,oven,microwave,bench,book,sink,surfboard,skis,snowboard,pizza,cake,bowl,keyboard,train,bus,sandwich,truck,boat".split(
    ",",
  ),
);

/** How far a drawing's aspect may be stretched to fill its box. */
export function stretchLimit(label: string): number {
  return ELASTIC.has(label) ? 2 : label === "person" ? 1.22 : 1.35;
}
