/** What people wear and look like: what the caption says, the rest by chance within what the place and the doing ask for. @module */
import type { Random } from "@scenograph/graph/random";
import { hexOf, jitter } from "../palette.ts";
import type { Clothes } from "../words.ts";
import type { HairStyle, Outfit } from "./figure.ts";
import type { Pose } from "./skeleton.ts";

export type Grown = "man" | "woman" | "boy" | "girl";

const SKINS = ["#f6d3b5", "#edbd94", "#d9a273", "#b47a4d", "#8a5636", "#6b4229"];
const HAIR_COLOURS = ["#2a211d", "#2a211d", "#5a3a26", "#8a5a30", "#d9b060", "#a3471f", "#9a9aa2"];
const TOPS = [
  "red",
  "blue",
  "green",
  "yellow",
  "white",
  "black",
  "orange",
  "pink",
  "purple",
  "gray",
  "navy",
  "turquoise",
  "tan",
  "maroon",
];
const BOTTOMS = ["#3d4b66", "#2f3138", "#3f5f8f", "#8f7a5a", "#5b5f68", "#6b4a35"];
const SHOES = ["#2b2b33", "#f0f1f4", "#8a5530", "#c7433a", "#4a5a78"];
const HAIR: Record<Grown, readonly HairStyle[]> = {
  man: ["short", "side", "short", "curly", "bald"],
  woman: ["long", "bob", "ponytail", "bun", "curly", "long"],
  boy: ["short", "side", "curly"],
  girl: ["pigtails", "long", "ponytail", "bob"],
};

/** Colour words that people's top can have when nobody says one. */
export const TOP_WORDS = TOPS;

/** An outfit; `place` is the kind of background. Draws a fixed number of values, so that one choice moves no other. */
export function outfitFor(
  kind: Grown,
  clothes: Clothes,
  pose: Pose,
  context: { readonly caption: string; readonly place: string },
  rng: Random,
): { outfit: Outfit; topWord: string } {
  const chance = Array.from({ length: 12 }, () => rng.uniform());
  const pick = <T>(list: readonly T[], i: number): T =>
    list[Math.min(list.length - 1, Math.floor(chance[i] * list.length))];
  const female = kind === "woman" || kind === "girl";
  const child = kind === "boy" || kind === "girl";
  const cold = context.place === "snow" || pose === "skiing";
  const sport = pose === "swinging" || pose === "running" || pose === "cycling" || pose === "throwing";
  const water = context.place === "ocean" && pose === "boarding";
  const tennis = /tennis/.test(context.caption);
  const baseball = /\b(baseball|batter|pitcher|umpire|catcher)\b/.test(context.caption);

  let lower: Outfit["lower"];
  if (clothes.dress) lower = "dress";
  else if (clothes.lower) lower = clothes.lower;
  else if (cold || baseball) lower = "trousers";
  else if (tennis) lower = female ? "skirt" : "shorts";
  else if (water) lower = "shorts";
  else if (female && !sport && pose !== "riding" && clothes.top === undefined && chance[0] < 0.4) lower = "dress";
  else if (female && !sport && pose !== "riding" && chance[0] < 0.55) lower = "skirt";
  else lower = chance[0] > (child || sport ? 0.5 : 0.82) ? "shorts" : "trousers";

  const topWord =
    clothes.dress ?? clothes.top ?? (tennis || baseball ? pick(["white", "white", "blue", "red"], 1) : pick(TOPS, 1));
  const top = jitter(hexOf(topWord), rng);
  const bottom = clothes.bottom
    ? jitter(hexOf(clothes.bottom), rng)
    : baseball || (tennis && lower !== "dress")
      ? "#eef0f3"
      : pick(BOTTOMS, 2);
  const hat = hatFor(clothes, pose, { cold, baseball }, chance[3]);
  const hatColour = clothes.hat
    ? hexOf(clothes.hat)
    : hexOf(pick(["red", "navy", "black", "yellow", "turquoise", "gray"], 4));
  return {
    topWord,
    outfit: {
      child,
      skin: pick(SKINS, 5),
      hair: pick(HAIR[kind], 6),
      hairColour: clothes.hair ? hairHex(clothes.hair) : pick(HAIR_COLOURS, 7),
      top,
      ...(clothes.striped || (clothes.top === undefined && clothes.dress === undefined && chance[8] < 0.1)
        ? { stripes: topWord === "white" ? "#7f8794" : "#f7f7f5" }
        : {}),
      bottom,
      lower,
      longSleeves: cold || chance[9] < 0.3,
      shoes: pick(SHOES, 10),
      ...(hat && { hat, hatColour }),
      ...(chance[11] < 0.1 && { glasses: true }),
      ...(kind === "man" && chance[11] > 0.8 && { beard: true }),
    },
  };
}

function hairHex(word: string): string {
  const named: Record<string, string> = {
    tan: "#d9b060",
    blond: "#e0bb66",
    blonde: "#e0bb66",
    yellow: "#e0bb66",
    brown: "#6b4429",
    black: "#221c1a",
    red: "#a3471f",
    gray: "#9a9aa2",
    grey: "#9a9aa2",
    white: "#dcdce0",
  };
  return named[word] ?? hexOf(word);
}

function hatFor(
  clothes: Clothes,
  pose: Pose,
  { cold, baseball }: { cold: boolean; baseball: boolean },
  chance: number,
): Outfit["hat"] {
  if (cold) return pose === "skiing" && chance < 0.5 ? "helmet" : "beanie";
  if (pose === "cycling") return chance < 0.7 || clothes.hat ? "helmet" : undefined;
  if (pose === "riding" && chance < 0.35) return "helmet";
  return clothes.hat || baseball || chance < 0.07 ? "cap" : undefined;
}
