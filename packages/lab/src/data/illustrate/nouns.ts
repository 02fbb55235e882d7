/** Nouns of captions: for the categories, for people, for clothes. @module */
import { CATEGORIES } from "scenograph/scene/categories";

export type PersonKind = "person" | "man" | "woman" | "boy" | "girl" | "child";

/** Nouns for categories; the category's own name and its plural are added. */
const SYNONYMS: Record<string, string> = {
  bicycle: "bike bikes",
  car: "suv minivan van vans sedan convertible jeep vehicle vehicles automobile taxi taxis cab cabs",
  motorcycle: "motorbike motorbikes scooter scooters moped",
  airplane: "plane planes jet jets airliner aeroplane aircraft jetliner",
  bus: "buses busses",
  train: "locomotive trains engine",
  truck: "trucks pickup lorry",
  boat: "boats sailboat sailboats ship ships canoe kayak yacht ferry speedboat",
  "fire hydrant": "hydrant hydrants",
  "parking meter": "meter meters",
  bench: "benches",
  bird: "birds pigeon pigeons seagull seagulls gull crow duck ducks",
  cat: "kitten kittens kitty cats",
  dog: "puppy puppies dogs poodle",
  horse: "horses pony ponies foal",
  sheep: "lamb lambs ram",
  cow: "cows cattle bull calf calves",
  bear: "bears cub cubs",
  backpack: "rucksack",
  handbag: "purse purses",
  umbrella: "umbrellas parasol",
  tie: "necktie ties",
  suitcase: "luggage suitcases briefcase",
  frisbee: "frisbees disc",
  "baseball bat": "bat bats",
  "baseball glove": "glove mitt",
  surfboard: "board boards",
  "tennis racket": "racket rackets racquet",
  bottle: "bottles",
  cup: "mug mugs cups",
  bowl: "bowls dish",
  cake: "cakes cupcake",
  couch: "sofa couches loveseat",
  bed: "bedspread comforter blanket",
  "dining table": "table tables desk",
  "cell phone": "phone phones cellphone smartphone",
  refrigerator: "fridge refrigerators",
  oven: "stove",
  "teddy bear": "teddy",
  book: "books",
  vase: "vases",
  scissors: "shears",
  toothbrush: "toothbrushes",
  "potted plant": "plant plants",
};

/** Categories by noun of one or two words. */
export const NOUNS: ReadonlyMap<string, string> = new Map(
  CATEGORIES.filter(({ name }) => name !== "person").flatMap(({ name }) =>
    [name, `${name}s`, ...(SYNONYMS[name]?.split(" ") ?? [])].map((w) => [w, name] as const),
  ),
);

/** The category named at `k`, and how many words name it. "teddy bear" is no bear. */
export function nounAt(words: readonly string[], k: number): { label: string; length: number } | undefined {
  const pair = NOUNS.get(`${words[k]} ${words[k + 1]}`);
  if (pair) return { label: pair, length: 2 };
  if (NOUNS.has(`${words[k - 1]} ${words[k]}`)) return undefined;
  const label = NOUNS.get(words[k]);
  return label ? { label, length: 1 } : undefined;
}

/** Kind and number meant by a noun for people. */
export const PEOPLE: Readonly<Record<string, readonly [PersonKind, number]>> = {
  man: ["man", 1],
  men: ["man", 2],
  guy: ["man", 1],
  guys: ["man", 2],
  male: ["man", 1],
  gentleman: ["man", 1],
  father: ["man", 1],
  groom: ["man", 1],
  batter: ["man", 1],
  boy: ["boy", 1],
  boys: ["boy", 2],
  woman: ["woman", 1],
  women: ["woman", 2],
  lady: ["woman", 1],
  ladies: ["woman", 2],
  female: ["woman", 1],
  mother: ["woman", 1],
  bride: ["woman", 1],
  girl: ["girl", 1],
  girls: ["girl", 2],
  child: ["child", 1],
  children: ["child", 2],
  kid: ["child", 1],
  kids: ["child", 2],
  toddler: ["child", 1],
  baby: ["child", 1],
  person: ["person", 1],
  people: ["person", 3],
  player: ["person", 1],
  players: ["person", 2],
  skier: ["person", 1],
  skiers: ["person", 2],
  surfer: ["person", 1],
  rider: ["person", 1],
  snowboarder: ["person", 1],
  skateboarder: ["person", 1],
  couple: ["man", 1],
};
export const NUMBERS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  several: 4,
  many: 6,
  group: 4,
};

export type Garment = "top" | "bottom" | "dress" | "hat" | "hair";
const GARMENT_WORDS: Record<Garment, string> = {
  top: "shirt shirts tshirt jacket jackets coat coats sweater sweaters top tops uniform vest suit suits hoodie clothes clothing outfit gear wetsuit jersey jerseys blouse",
  bottom: "trousers pants jeans shorts skirt skirts leggings slacks",
  dress: "dress dresses gown",
  hat: "hat hats cap caps helmet helmets beanie",
  hair: "hair haired",
};
export const GARMENTS: ReadonlyMap<string, Garment> = new Map(
  (Object.entries(GARMENT_WORDS) as [Garment, string][]).flatMap(([kind, words]) =>
    words.split(" ").map((w) => [w, kind] as const),
  ),
);

/** Words that may stand between a colour and its noun. */
export const BETWEEN: ReadonlySet<string> = new Set(
  (
    "and small large big little old new tall long short double decker passenger commuter city metal wooden leather plastic fluffy " +
    "furry striped colored coloured fire school delivery dump pickup police teddy parked shiny bright open closed ceramic sports " +
    "polo sleeved tank swim ski tennis baseball denim silk floral"
  ).split(" "),
);

/** Lower-case words and the marks that end a clause; "blue-striped" is two words, "t-shirt" one. */
export function tokens(caption: string): string[] {
  return (
    caption
      .toLowerCase()
      .replace(/\bt-shirt/g, "tshirt")
      .match(/[a-z]+(?:'s)?|[,.;!?]/g) ?? []
  );
}
