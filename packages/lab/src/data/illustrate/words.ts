/** Caption -> appearance: which people, in which pose, and which colours the words give to which category. @module */
import type { Random } from "@scenograph/graph/random";
import { COLOURS, type ColourName } from "./colour.ts";
import type { PersonKind, Pose } from "./person.ts";

export interface Person {
  readonly kind: PersonKind;
  /** Colour of shirt or dress. */
  readonly colour?: ColourName;
}

export interface Appearance {
  /** In the order of the caption; given to the people of the picture largest first. Empty: nobody is described. */
  readonly people: readonly Person[];
  /** The pose that the verbs ask for. */
  readonly pose?: Pose;
  /** Colours by category in the order of the caption; the first goes to the largest object, the last to all that remain. */
  readonly colours: ReadonlyMap<string, readonly ColourName[]>;
}

const COLOUR_WORDS: Record<string, ColourName> = {
  ...(Object.fromEntries(Object.keys(COLOURS).map((c) => [c, c])) as Record<string, ColourName>),
  grey: "gray",
  silver: "gray",
  golden: "tan",
  gold: "yellow",
  blond: "tan",
  beige: "tan",
  maroon: "red",
  violet: "purple",
  teal: "blue",
  polar: "white",
};

/** Nouns of captions for categories; the category's own name and its plural are added. */
const SYNONYMS: Record<string, string> = {
  bicycle: "bike bikes",
  car: "suv minivan van vans sedan convertible jeep vehicle vehicles automobile",
  motorcycle: "motorbike motorbikes scooter scooters moped",
  airplane: "plane planes jet jets airliner aeroplane aircraft jetliner",
  bus: "buses busses",
  train: "locomotive trains engine",
  truck: "trucks pickup lorry",
  boat: "boats sailboat ship canoe kayak yacht ferry",
  "fire hydrant": "hydrant hydrants",
  "parking meter": "meter meters",
  bench: "benches",
  bird: "birds pigeon seagull seagulls gull crow",
  cat: "kitten kittens kitty cats",
  dog: "puppy puppies dogs",
  horse: "horses pony ponies foal",
  sheep: "lamb lambs ram",
  cow: "cows cattle bull calf calves",
  bear: "bears cub cubs",
  backpack: "bag rucksack",
  handbag: "purse purses",
  umbrella: "umbrellas parasol",
  tie: "necktie ties",
  suitcase: "luggage suitcases briefcase",
  frisbee: "frisbees disc",
  "baseball bat": "bat bats",
  "baseball glove": "glove mitt",
  surfboard: "surf board",
  "tennis racket": "racket racquet",
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
  mouse: "mouse",
  keyboard: "keyboards",
};

/** Categories by noun, longest nouns first, of one or two words. */
const NOUNS: ReadonlyMap<string, string> = new Map(
  Object.entries(SYNONYMS).flatMap(([label, words]) =>
    [label, `${label}s`, ...words.split(" ")].map((w) => [w, label] as const),
  ),
);
for (const label of [
  "chair",
  "toilet",
  "sink",
  "clock",
  "apple",
  "snowboard",
  "skateboard",
  "skis",
  "microwave",
  "toaster",
  "remote",
  "hair drier",
])
  (NOUNS as Map<string, string>).set(label, label).set(`${label}s`, label);

const PEOPLE: Record<string, readonly [PersonKind, number]> = {
  man: ["man", 1],
  men: ["man", 2],
  guy: ["man", 1],
  guys: ["man", 2],
  male: ["man", 1],
  gentleman: ["man", 1],
  boy: ["boy", 1],
  boys: ["boy", 2],
  woman: ["woman", 1],
  women: ["woman", 2],
  lady: ["woman", 1],
  ladies: ["woman", 2],
  female: ["woman", 1],
  mother: ["woman", 1],
  girl: ["girl", 1],
  girls: ["girl", 2],
  child: ["boy", 1],
  children: ["boy", 2],
  kid: ["boy", 1],
  kids: ["boy", 2],
  toddler: ["boy", 1],
  baby: ["boy", 1],
  father: ["man", 1],
  bride: ["woman", 1],
  groom: ["man", 1],
  person: ["person", 1],
  people: ["person", 3],
  player: ["person", 1],
  players: ["person", 2],
  skier: ["person", 1],
  surfer: ["person", 1],
  snowboarder: ["person", 1],
  skateboarder: ["person", 1],
  batter: ["man", 1],
  couple: ["man", 1],
};
const NUMBERS: Record<string, number> = { two: 2, three: 3, four: 4, five: 5, six: 6, several: 4, many: 6, group: 4 };

const CLOTHES = new Set(
  "shirt shirts t-shirt tshirt jacket coat dress sweater top uniform vest suit hoodie clothes clothing outfit gear wetsuit jersey blouse tank".split(
    " ",
  ),
);
/** Words that may stand between a colour and its noun. */
const BETWEEN = new Set(
  "and small large big little old tall long double decker passenger commuter city metal wooden leather plastic fluffy furry striped colored fire school delivery dump pickup police teddy parked shiny bright dark light white black red blue green yellow brown orange pink purple gray grey".split(
    " ",
  ),
);

const POSES: readonly (readonly [Pose, RegExp])[] = [
  ["skiing", /\b(ski|skis|skier|skiers|skiing)\b/],
  [
    "boarding",
    /\b(surf\w*|snowboard\w*|skateboard\w*|skater|skating|riding (?:a |the )?(?:big |small |large )?waves?)\b/,
  ],
  ["swinging", /\b(tennis|racket|racquet|baseball|batter|bat|swing\w*|pitch\w*|frisbee|throw\w*|soccer)\b/],
  [
    "riding",
    /\b(riding|rides|ride|rider|riders|on (?:a |the |his |her |their )?(?:\w+ )?(?:horse|horses|bike|bikes|bicycle|motorcycle|motorcycles|motorbike|elephant)s?)\b/,
  ],
  ["sitting", /\b(sit|sits|sitting|seated)\b/],
  ["walking", /\b(walk\w*|run|runs|running|jump\w*|cross(?:ing|es))\b/],
];

/** What the words of a caption say about looks. */
export function appearanceOf(caption: string): Appearance {
  const text = caption.toLowerCase();
  const words = text.match(/[a-z][a-z-]*/g) ?? [];
  const people: Person[] = [];
  const colours = new Map<string, ColourName[]>();
  for (let i = 0; i < words.length; i++) {
    const person = PEOPLE[words[i]];
    if (person) {
      const [kind, count] = person;
      const told = NUMBERS[words[i - 1]] ?? NUMBERS[words[i - 2]];
      const colour = clothesColour(words, i);
      const n = count > 1 ? (told ?? count) : count;
      if (people.length < 10) for (let k = 0; k < n; k++) people.push({ kind, colour });
      if (words[i] === "couple") people.push({ kind: "woman" });
    }
    const colour = COLOUR_WORDS[words[i]];
    if (!colour) continue;
    const label = colouredNoun(words, i);
    if (label) colours.set(label, [...(colours.get(label) ?? []), colour]);
  }
  return { people, pose: POSES.find(([, rule]) => rule.test(text))?.[0], colours };
}

/** The category that the colour word at `i` describes: "a red double decker bus", "the bus is red". */
function colouredNoun(words: readonly string[], i: number): string | undefined {
  // In "red and white bus" the first colour counts.
  if (words[i - 1] === "and" && COLOUR_WORDS[words[i - 2]]) return undefined;
  for (let k = i + 1; k < Math.min(words.length, i + 5); k++) {
    const label = NOUNS.get(`${words[k]} ${words[k + 1]}`) ?? nounAt(words, k);
    if (label) return label;
    if (!BETWEEN.has(words[k])) break;
  }
  return words[i - 1] === "is" || words[i - 1] === "are" ? nounAt(words, i - 2) : undefined;
}

function nounAt(words: readonly string[], k: number): string | undefined {
  const label = NOUNS.get(words[k]);
  // "bat", "meter" and the like are looked up alone; "teddy bear" and "fire truck" are not a bear and a fire.
  if (label === "bear" && words[k - 1] === "teddy") return "teddy bear";
  return label;
}

/** "man in a red shirt", "woman wearing a black dress", "woman in red". */
function clothesColour(words: readonly string[], i: number): ColourName | undefined {
  for (let k = i + 1; k < Math.min(words.length, i + 9); k++) {
    if (PEOPLE[words[k]]) return undefined;
    const colour = COLOUR_WORDS[words[k]];
    if (!colour) continue;
    const before = words.slice(i + 1, k);
    const dressed = before.some((w) => w === "in" || w === "wearing" || w === "wears");
    const next = words.slice(k + 1, k + 4);
    const garment = next.findIndex((w) => CLOTHES.has(w));
    if (garment >= 0 && next.slice(0, garment).every((w) => BETWEEN.has(w))) return colour;
    if (
      dressed &&
      !NOUNS.has(words[k + 1] ?? "") &&
      !/^(hat|cap|helmet|pants|shorts|shoes|tie)$/.test(words[k + 1] ?? "")
    )
      return colour;
  }
  return undefined;
}

const COLOUR_NAMES = Object.keys(COLOURS) as ColourName[];
/** Share of the nouns that are given a colour, in a caption that is. */
const COLOURED = 0.7;

/**
 * The caption with colours said of things that it names without one: "a bus" -> "a red bus", "a man" -> "a man in a red
 * shirt". Photographs' captions say so few colours that which word colours which thing could not be learned from them.
 * `labels`: the categories that can be painted and are in the picture.
 */
export function sayColours(caption: string, labels: ReadonlySet<string>, rng: Random): string {
  const known = appearanceOf(caption).colours;
  // words and what stands between them
  const parts = caption.split(/([A-Za-z][A-Za-z-]*)/);
  const words = parts.filter((_, i) => i % 2 === 1).map((w) => w.toLowerCase());
  const done = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const pair = NOUNS.get(`${words[i]} ${words[i + 1]}`);
    const label = NOUNS.has(`${words[i - 1]} ${words[i]}`) ? undefined : (pair ?? nounAt(words, i));
    const person = PEOPLE[words[i]] !== undefined && labels.has("person");
    const said = person ? "person" : label;
    if (!said || done.has(`${said} ${words[i]}`) || !(person || labels.has(said)) || known.has(said)) continue;
    // "a dog bed", "a bus stop": the noun says more about the next one
    if (!person && !pair && nounAt(words, i + 1)) continue;
    done.add(`${said} ${words[i]}`);
    if (rng.uniform() >= COLOURED) continue;
    const colour = rng.pick(COLOUR_NAMES);
    const at = 2 * i + 1;
    if (person) {
      const shirt = PEOPLE[words[i]][1] > 1 ? `${colour} shirts` : `${article(colour)} ${colour} shirt`;
      if (clothesColour(words, i) === undefined) parts[at] += ` in ${shirt}`;
    } else {
      if (/^an?$/i.test(parts[at - 2] ?? "")) parts[at - 2] = parts[at - 2][0] + article(colour).slice(1);
      parts[at] = `${colour} ${parts[at]}`;
    }
  }
  return parts.join("");
}

function article(word: string): "a" | "an" {
  return /^[aeiou]/.test(word) ? "an" : "a";
}
