/** Closed word classes of English as people use them to describe pictures. Data; read by `chunk.ts` and `relate.ts`. @module */
import type { Range, RelationKind } from "./types.ts";

const table = <T>(value: T, words: string): [string, T][] => words.split(", ").map((w) => [w, value]);

/** No upper end said. */
export const MANY = 24;

/** Base colours and what else they are called. */
export const COLOURS: ReadonlyMap<string, string> = new Map([
  ...table(
    "red",
    "red, reddish, crimson, scarlet, maroon, burgundy, ruby, cherry red, vermilion, wine red, brick red, blood red, rust",
  ),
  ...table(
    "blue",
    "blue, bluish, navy, navy blue, azure, turquoise, teal, cyan, indigo, aqua, cobalt, sky blue, baby blue, royal blue, aquamarine, sapphire, denim",
  ),
  ...table("green", "green, greenish, emerald, olive, lime green, mint, mint green, jade, khaki, forest green"),
  ...table("yellow", "yellow, yellowish, golden, gold, amber, mustard, lemon yellow, blond, blonde, mustard yellow"),
  ...table("orange", "orange coloured, orange colored, tangerine, apricot, peach coloured, copper"),
  ...table("purple", "purple, violet, lilac, lavender, mauve, magenta, plum coloured"),
  ...table("pink", "pink, pinkish, rosy, salmon, fuchsia, hot pink, coral"),
  ...table("brown", "brown, brownish, tan, beige, chestnut, bronze, ginger, hazel, chocolate brown, sepia"),
  ...table("black", "black, jet black, ebony, raven black, charcoal black, pitch black"),
  ...table("white", "white, whitish, snow white, ivory, cream coloured, cream colored, off white, pearl"),
  ...table("grey", "grey, gray, greyish, grayish, silver, silvery, charcoal"),
]);

export const SIZES: ReadonlyMap<string, "big" | "small"> = new Map([
  ...table(
    "big" as const,
    "big, large, huge, giant, gigantic, enormous, massive, oversized, tall, immense, colossal, humongous, great big, mighty, wide",
  ),
  ...table(
    "small" as const,
    "small, little, tiny, miniature, mini, petite, short, tiniest, wee, minuscule, teeny, toy sized",
  ),
]);

/** Number words up to twenty and the tens; "hundred" multiplies. */
export const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
  ].map((w, i): [string, number] => [w, i]),
  ...["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"].map((w, i): [string, number] => [
    w,
    20 + 10 * i,
  ]),
]);

/** Quantities: words before a noun, most of them with "of". */
export const QUANTITIES: ReadonlyMap<string, Range> = new Map([
  ...table<Range>([1, 1], "single, lone, solitary, sole, another, one more, each, every, one single, only one"),
  ...table<Range>(
    [2, 2],
    "both, a couple of, couple of, a pair of, pair of, a brace of, twin, a duo of, duo of, pairs of, a couple",
  ),
  ...table<Range>([3, 3], "a trio of, trio of, triplet, three of"),
  ...table<Range>([4, 4], "a quartet of, quartet of"),
  ...table<Range>([5, 5], "a quintet of, quintet of"),
  ...table<Range>([6, 6], "half a dozen, half dozen, a half dozen, half a dozen of, a half dozen of"),
  ...table<Range>([12, 12], "a dozen, dozen, a dozen of, one dozen, a dozen or so"),
  ...table<Range>([13, 13], "a baker's dozen, baker's dozen, a baker's dozen of"),
  ...table<Range>([24, 24], "two dozen, two dozens of, two dozen of"),
  ...table<Range>([36, 36], "three dozen"),
  ...table<Range>([3, 4], "a few, few, a handful of, handful of"),
  ...table<Range>([2, 6], "some, some of the, various, different, assorted"),
  ...table<Range>(
    [3, 7],
    "several, several of, a number of, a group of, group of, groups of, a family of, family of, a row of, rows of, a line of, line of, row of, a stack of, stack of, a pile of, pile of, a heap of, a cluster of, a collection of, a set of, a team of, a gang of, multiple, numerous kinds of, a circle of, a bundle of, an assortment of, an array of, a variety of",
  ),
  ...table<Range>([2, 7], "a bunch of, bunch of, bunches of"),
  ...table<Range>(
    [5, 14],
    "many, lots of, a lot of, plenty of, numerous, loads of, tons of, countless, a large group of, a big group of, so many, lots and lots of, a large number of, all kinds of, a great many",
  ),
  ...table<Range>(
    [4, 12],
    "a herd of, herd of, a flock of, flock of, a pack of, a swarm of, a school of, a fleet of, flocks of, herds of, a large herd of, a large flock of, a colony of",
  ),
  ...table<Range>([8, 20], "a crowd of, crowd of, crowds of, a mob of, a sea of"),
  ...table<Range>([12, MANY], "dozens of"),
  ...table<Range>([20, MANY], "hundreds of, thousands of, millions of, a thousand, a million, scores of, an army of"),
]);

/** Before a number: what it becomes. */
export const BOUNDS: ReadonlyMap<string, "least" | "most" | "more" | "fewer" | "exact"> = new Map([
  ...table(
    "least" as const,
    "at least, no fewer than, not less than, no less than, a minimum of, minimum, not fewer than",
  ),
  ...table("most" as const, "at most, up to, no more than, not more than, a maximum of, maximum"),
  ...table("more" as const, "more than, over"),
  ...table("fewer" as const, "fewer than, less than"),
  ...table(
    "exact" as const,
    "exactly, precisely, about, around, roughly, approximately, nearly, almost, just, a total of, another",
  ),
]);

/** Parts of one thing, then "of": "two slices of pizza" are two, of any plural noun one. */
export const PARTS = new Set("slice, piece, bit, chunk, half, loaf, bunch, bite, wedge, scoop, head, bar".split(", "));
/** Things that hold others, then "of": "a bowl of apples". */
export const CONTAINERS = new Set(
  "bowl, plate, basket, box, vase, bag, tray, cup, glass, jar, bucket, pot, pan, crate, dish, suitcase, barrel, truck, pitcher, jug, bottle, can, mug, cart, shelf, bathtub, boat".split(
    ", ",
  ),
);
/** "a pair of skis" is one thing. */
export const PAIRED = new Set(
  "skis scissors glasses sunglasses pants jeans trousers shorts shoes boots gloves socks mittens headphones goggles binoculars sandals slippers tongs pliers shears sneakers earrings chopsticks".split(
    " ",
  ),
);

export const DETERMINERS = new Set("a an the this that these those my your his her its our their whose".split(" "));
export const POSSESSIVES = new Set("my your his her its our their whose".split(" "));
export const PRONOUNS = new Set("it them him her itself themselves himself herself they he she".split(" "));
export const COPULAS = new Set("is are was were be being been am seems looks appears stays remains".split(" "));
export const RELATIVES = new Set("that which who whom".split(" "));

/** Left out of the picture: what follows is not there. "not": where a noun phrase follows. */
export const NEGATIONS = new Set(
  "no, without, without any, without a single, neither, not, not any, not a single, nor, never, free of, devoid of, lacking, minus, sans, instead of, rather than, except, except for, excluding, empty of, void of, zero, has no, have no, absent of, not a".split(
    ", ",
  ),
);
/** A person who is not there. */
export const NOBODY = new Set("nobody, no one, noone, not a soul, no body, no human being, no human".split(", "));
/** Predicates of what is not there. */
export const ABSENT = new Set("missing absent gone removed lacking nowhere".split(" "));
/** "only a chair": no more than what is said. */
export const ONLY = new Set(
  "only, just, nothing but, alone, all alone, on its own, by itself, all by itself, nothing else, no one else, nobody else, merely, solely, empty, deserted, unoccupied, uninhabited, abandoned, vacant, solitary, desolate".split(
    ", ",
  ),
);

/** Prepositions between two things. The longest is taken. */
export const PREPOSITIONS: ReadonlyMap<string, RelationKind> = new Map([
  ...table<RelationKind>("left", sides("left")),
  ...table<RelationKind>("right", sides("right")),
  ...table<RelationKind>(
    "on",
    "on, upon, onto, on top of, atop, atop of, on the top of, from the top of, on the back of, on the edge of, on the side of, on the surface of, aboard, at the top of",
  ),
  ...table<RelationKind>("above", "above, over, high above, just above, directly above, up above, past over"),
  ...table<RelationKind>(
    "under",
    "under, underneath, below, beneath, directly below, just below, right below, directly under, right under, from under, out from under, at the bottom of, in the shade of, at the foot of",
  ),
  ...table<RelationKind>("in", "in, inside, inside of, into, within, among, amongst, amid, amidst"),
  ...table<RelationKind>(
    "beside",
    "next to, beside, besides, by, near, near to, nearby, alongside, close to, right next to, by the side of, at the side of, side by side with, adjacent to, against, at, directly next to, along, facing, opposite, around the corner from, right by, close by, to the side of",
  ),
  ...table<RelationKind>(
    "behind",
    "behind, in back of, at the back of, right behind, directly behind, just behind, beyond, after",
  ),
  ...table<RelationKind>(
    "front",
    "in front of, ahead of, right in front of, directly in front of, before, in the front of",
  ),
  ...table<RelationKind>(
    "between",
    "between, in between, in the middle of, sandwiched between, in the midst of, halfway between, right between",
  ),
  ...table<RelationKind>("around", "around, all around, round, surrounding"),
  ...table<RelationKind>("far", "far from, far away from, away from, far off from, at a distance from"),
  ...table<RelationKind>("with", "with, together with, along with, plus, accompanied by, as well as"),
  // directions: nothing that boxes show
  ...table<RelationKind>(
    "with",
    "down, up, through, across, past, toward, towards, off, off of, out of, outside, outside of, from, during, of",
  ),
  ...table<RelationKind>("riding", "on horseback of, astride, on the back of a"),
  ...table<RelationKind>(
    "bigger",
    compared("bigger, larger, taller, huger, wider, longer, higher, greater, heavier, fatter"),
  ),
  ...table<RelationKind>(
    "bigger",
    "twice the size of, twice as big as, twice as large as, twice as tall as, three times the size of, double the size of, three times as big as, much more massive than",
  ),
  ...table<RelationKind>(
    "smaller",
    compared("smaller, tinier, shorter, littler, lower, narrower, thinner, lighter, slimmer"),
  ),
  ...table<RelationKind>(
    "smaller",
    "half the size of, half as big as, half as large as, not as big as, not as large as, not as tall as, less big than",
  ),
  ...table<RelationKind>(
    "same",
    "as big as, as large as, as tall as, as small as, the same size as, the size of, of the same size as, as wide as, same size as, equal in size to, just as big as, about the size of, as high as, exactly as big as",
  ),
]);

function sides(side: string): string {
  const lead = ["to the", "on the", "at the", "to", "on", "from the"];
  const tail = ["", " side", " hand side"];
  return [
    ...lead.flatMap((l) => ["", "far "].flatMap((far) => tail.map((t) => `${l} ${far}${side}${t} of`))),
    `${side} of`,
    `${side} to`,
    `${side} from`,
    `just ${side} of`,
    `directly to the ${side} of`,
    `immediately to the ${side} of`,
    `just to the ${side} of`,
    `immediately ${side} of`,
    `${side} side of`,
  ].join(", ");
}

function compared(words: string): string {
  return words
    .split(", ")
    .map((w) => `${w} than`)
    .join(", ");
}

const FRAME = "picture, image, photo, photograph, frame, scene, screen, canvas, drawing, view, page, painting";
const framed = (words: string) =>
  words.split(", ").flatMap((w) => [w, ...FRAME.split(", ").flatMap((f) => [`${w} of the ${f}`, `${w} of this ${f}`])]);
const corner = (where: string) =>
  ["in", "at", "on", "to"]
    .flatMap((p) => ["", " hand", " corner", " hand corner", " side"].map((t) => `${p} the ${where}${t}`))
    .join(", ");
const edge = (where: string) =>
  [
    ...["on", "to", "at", "in"].flatMap((p) =>
      ["", " side", " hand side", " half", " part", " edge"].flatMap((t) => [
        `${p} the ${where}${t}`,
        `${p} the far ${where}${t}`,
      ]),
    ),
    `on ${where}`,
  ].join(", ");
const places = (kinds: readonly RelationKind[], words: string): [string, readonly RelationKind[]][] =>
  framed(words).map((w) => [w, kinds]);

/** Places in the picture. */
export const POSITIONS: ReadonlyMap<string, readonly RelationKind[]> = new Map([
  ...places(["at-left"], edge("left")),
  ...places(["at-right"], edge("right")),
  ...places(
    ["at-top"],
    "at the top, on the top, at the very top, in the upper part, in the top half, in the upper half, at the top edge, up high, high up, up top",
  ),
  ...places(
    ["at-bottom"],
    "at the bottom, at the very bottom, in the lower part, in the bottom half, in the lower half, at the bottom edge",
  ),
  ...places(
    ["at-centre"],
    "in the middle, in the center, in the centre, at the center, at the centre, in the very middle, in the very center, centered, centred",
  ),
  ...places(
    ["at-back"],
    "in the background, in the back, in the distance, far away, far off, in the far distance, at the back, at the rear",
  ),
  ...places(["at-front"], "in the foreground, in the front, at the front, up close, in front, up front"),
  ...places(["at-top", "at-left"], [corner("top left"), corner("upper left")].join(", ")),
  ...places(["at-top", "at-right"], [corner("top right"), corner("upper right")].join(", ")),
  ...places(["at-bottom", "at-left"], [corner("bottom left"), corner("lower left")].join(", ")),
  ...places(["at-bottom", "at-right"], [corner("bottom right"), corner("lower right")].join(", ")),
]);

/** Sides of a thing that was named before: "to its left", "on the other side". */
export const OWN_SIDES: ReadonlyMap<string, RelationKind | "other"> = new Map([
  ...["its", "his", "her", "their"].flatMap((p): [string, RelationKind][] => [
    ...["to", "on", "at"].flatMap((w) =>
      ["left", "right"].flatMap((s) =>
        ["", " side", " hand side"].map((t): [string, RelationKind] => [`${w} ${p} ${s}${t}`, s as RelationKind]),
      ),
    ),
    [`at ${p} side`, "beside"],
    [`by ${p} side`, "beside"],
    ...["back", "top", "roof", "head", "lap", "shoulder", "shoulders", "nose", "hood", "deck", "branches"].map(
      (part): [string, RelationKind] => [`on ${p} ${part}`, "on"],
    ),
  ]),
  ["on top", "on"],
  ["on the other side", "other"],
  ["on the other", "other"],
  ["to the other side", "other"],
  ["nearby", "beside"],
  ["underneath", "under"],
  ["behind", "behind"],
  ["below", "under"],
  ["beneath", "under"],
  ["above", "above"],
  ["inside", "in"],
  ["alongside", "beside"],
]);

/** Two of them in one word. */
export const SYMMETRIC: ReadonlyMap<string, RelationKind> = new Map([
  ["side by side", "beside"],
  ["next to each other", "beside"],
  ["beside each other", "beside"],
  ["near each other", "beside"],
  ["the same size", "same"],
  ["of the same size", "same"],
  ["of equal size", "same"],
  ["equally big", "same"],
  ["far apart", "far"],
]);

/** A verb: what it says of subject and object, the pose of its subject, or nothing that can be seen in boxes ("with"). */
export interface Verb {
  readonly kind?: RelationKind;
  /** The object stands in the relation to the subject: "a bowl containing apples". */
  readonly reversed?: boolean;
  readonly pose?: string;
}

const PAST: Readonly<Record<string, string>> = {
  hold: "held",
  wear: "worn",
  ride: "ridden rode",
  sit: "sat",
  stand: "stood",
  lie: "lain lying",
  lay: "laid",
  sleep: "slept",
  hang: "hung",
  eat: "eaten ate",
  drive: "driven drove",
  throw: "thrown threw",
  catch: "caught",
  fly: "flown flew",
  feed: "fed",
  cut: "cut",
  hit: "hit",
  bite: "bitten bit",
  draw: "drawn drew",
  take: "taken took",
  make: "made",
  leave: "left",
  swing: "swung",
  read: "read",
  write: "written wrote",
  drink: "drunk drank",
  bring: "brought",
  chase: "chased",
  fight: "fought",
  run: "ran",
  swim: "swum swam",
  give: "given gave",
  see: "seen saw",
  hide: "hidden hid",
  build: "built",
  grow: "grown grew",
  show: "shown",
  keep: "kept",
  sell: "sold",
  buy: "bought",
  find: "found",
  have: "had has",
  do: "does did done",
  go: "goes went gone",
  let: "let",
  put: "put",
  set: "set",
  get: "got",
  lean: "leant",
  lead: "led",
};

const verbs = (verb: Verb, words: string): [string, Verb][] =>
  words.split(", ").flatMap((phrase) => {
    const [base, ...rest] = phrase.split(" ");
    const tail = rest.length > 0 ? ` ${rest.join(" ")}` : "";
    return inflections(base).map((form): [string, Verb] => [form + tail, verb]);
  });

function inflections(base: string): string[] {
  const e = base.endsWith("e") && !base.endsWith("ee") ? base.slice(0, -1) : base;
  const doubled =
    /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(base) && !/(?:[wy]|lean|look|eat|feed)$/.test(base) ? base + base.at(-1) : e;
  const third = /(?:[sxz]|ch|sh|o)$/.test(base)
    ? `${base}es`
    : /[^aeiou]y$/.test(base)
      ? `${base.slice(0, -1)}ies`
      : `${base}s`;
  const past = base.endsWith("e") ? `${base}d` : /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ied` : `${doubled}ed`;
  return [base, third, `${doubled}ing`, `${e}ing`, past, ...(PAST[base]?.split(" ") ?? [])];
}

export const VERBS: ReadonlyMap<string, Verb> = new Map([
  ...verbs(
    { kind: "holding" },
    "hold, carry, grip, clutch, grab, swing, wield, lift, hug, embrace, read, operate, cradle, raise, brandish, play, hold up, talk on, talk into, speak on, text on, hold onto, pick up, type on",
  ),
  ...verbs({ kind: "riding" }, "ride, ride on, mount, ride on top of, straddle"),
  ...verbs({ kind: "wearing" }, "wear, dress in, sport"),
  ...table<Verb>({ kind: "wearing" }, "dressed in, clad in"),
  ...table<Verb>(
    { kind: "in", reversed: true },
    "full of, filled with, packed with, stuffed with, loaded with, laden with, filled up with",
  ),
  ...table<Verb>(
    { kind: "on", reversed: true },
    "topped with, covered with, covered in, topped by, piled with, piled high with, adorned with, decorated with",
  ),
  ...table<Verb>({ kind: "around", reversed: true }, "surrounded by, surrounded with, encircled by, ringed by"),
  ...table<Verb>({ kind: "between" }, "flanked by, sandwiched by, framed by"),
  ...verbs({ kind: "in", reversed: true }, "contain, hold inside, include, enclose"),
  ...verbs({ kind: "around" }, "surround, encircle, circle, gather around, enclose"),
  ...verbs({ kind: "between", reversed: true }, "flank"),
  ...verbs({ kind: "bigger" }, "dwarf, tower over, tower above"),
  ...verbs({ kind: "behind" }, "follow, trail"),
  ...verbs({ kind: "on" }, "cover, top"),
  ...verbs({ pose: "sitting" }, "sit, seat, crouch, squat, kneel, sit down, perch"),
  ...verbs({ pose: "standing" }, "stand, wait, pose, lean, balance, stand up"),
  ...verbs(
    { pose: "lying" },
    "lie, lay, rest, recline, lounge, lie down, curl, curl up, relax, sprawl, snuggle, lay down",
  ),
  ...verbs({ pose: "sleeping" }, "sleep, nap, snooze, doze, asleep"),
  ...verbs({ pose: "flying" }, "hover, soar, glide, float, drift"),
  ...verbs({ pose: "running" }, "run, jog, race, gallop, sprint, trot"),
  ...verbs({ pose: "walking" }, "walk, stroll, wander, hike, march, graze, cross, wade, step"),
  ...verbs({ pose: "jumping" }, "jump, leap, hop, bounce"),
  ...verbs({ pose: "hanging" }, "hang, dangle, suspend"),
  ...verbs({ pose: "parked" }, "park, land, moor, dock, anchor"),
  ...verbs({ pose: "swimming" }, "swim, bathe, dive, paddle"),
  ...verbs(
    { kind: "with" },
    "eat, watch, look at, stare at, look, chase, kick, throw, catch, hit, fly, pull, push, feed, pet, cut, bite, chew, lick, sniff, drink, drive, toss, serve, cook, bake, prepare, wash, clean, brush, use, enjoy, " +
      "show, have, bring, give, make, take, paint, fix, repair, open, close, slice, share, play with, talk to, talk, talk with, speak to, kiss, smell, touch, stack, fill, decorate, display, build, leave, sell, buy, guard, herd, " +
      "return, try, lead, drag, tow, steer, juggle, spin, reach, reach for, point at, point, smile, laugh, cry, dance, sing, shine, glow, burn, melt, ski, surf, skateboard, snowboard, sail, cycle, travel, move, drop, fall, bark, meow, roar, " +
      "stretch, blow, yawn, graze on, nibble, pass, pass by, cuddle, fight, hunt, peek, peek out, peer, peer out, hide, face, meet, join, stop, turn, arrive, leave behind, approach, exit, enter, celebrate, work, cheer, wrestle, crawl, climb, rest against, drip, place, put, set, " +
      "arrange, attach, tie up, line, line up, crowd, gather, group, live, belong, come, go, see, find, keep, need, want to, look like, resemble, visit, explore, help, teach, study, listen to, swarm, bloom, grow, sprinkle, spill, wrap, light, lit, knit, serve up, type, squeeze, protect, roll, sip, munch, munch on, " +
      "snack on, perform, practise, practice, pack, load, unload, deliver, collect, gather up, pick, harvest, milk, groom, ride along, train with, blow dry, comb, shave, sweep, mop, vacuum, sweep up, water, dig, plant, shovel, do, transport, balance on top of, aim, shoot, pitch, bat at, dunk, dribble, bowl over, sit up, stick, stick out, tie",
  ),
]);

/** Words after "is" or before a noun that describe without size or colour; other words between "a" and a noun count as well. */
export const ADJECTIVES = new Set(
  (
    "old young new wooden metal plastic stone glass brick leather striped spotted furry fluffy fat thin cute happy sad angry sleepy beautiful pretty ugly dirty clean wet dry broken open closed round square long " +
    "bright dark light pale deep vivid shiny dull colorful colourful fresh ripe rotten hot cold warm soft hard rusty modern ancient vintage classic fancy plain simple double single-decker empty full half-eaten " +
    "wild tame domestic stray lonely friendly scary funny cool nice lovely calm quiet busy crowded male female adult grown hungry thirsty tired awake asleep identical same similar " +
    "stuffed toy electric digital analog folding rocking sleeping smiling laughing crying running flying sitting standing lying jumping barking swimming floating hanging parked burning glowing flowering steaming " +
    "grazing delicious tasty sliced chopped peeled cut cooked baked fried grilled frozen iced homemade spicy sweet sour magical mythical fantasy cartoon realistic metallic velvet silk cotton woolen knitted checkered dotted polka plaid " +
    "golden-brown commercial military private public local baby elderly middle aged matching opened unopened first second third last other next upper lower top bottom front back center main own very really so too extremely quite rather pretty " +
    "bald bearded blond tiny- naked dressed painted coloured colored decorated upside down tipped overturned reflective transparent translucent antique rustic ornate sharp blurry detailed highly heavy sturdy high low wide narrow steep flat " +
    "famous royal haunted medieval futuristic gothic victorian american english chinese japanese french african asian european indian italian british german tropical arctic sandy grassy snow-covered covered stately proud brave lazy playful curious " +
    "many different several various whole entire real fake big-eyed tabby persian adorable majestic gorgeous elegant mysterious sunlit moonlit dusty muddy shaggy hairy woolly horned winged feathered scaly sad-looking well-dressed"
  ).split(" "),
);

/** Nouns that describe the picture or a part of a thing, not a thing. */
/** What a thing is all over: its colour is the thing's. */
export const COVERS = new Set(
  "fur feathers feather plumage wool fleece paint paintwork petals scales upholstery".split(" "),
);
/** What things are made of: "in blue velvet". */
export const MATERIALS = new Set(
  "wood metal plastic glass leather velvet suede satin linen concrete brick silk cotton wool stone fabric cloth paint".split(
    " ",
  ),
);
/** On the back of an animal that the word names. */
export const MOUNTED: ReadonlyMap<string, string> = new Map([
  ...table("horse", "on horseback, on horse back"),
  ...table("elephant", "on elephant back, on elephantback"),
  ...table("camel", "on camel back, on camelback"),
]);

export const NO_THINGS = new Set(
  (
    "photo photograph picture image painting drawing illustration sketch portrait view shot closeup close-up render rendering cartoon poster artwork art scene print snapshot selfie watercolor watercolour style photography angle " +
    "color colour size side sides top bottom middle center centre left right front back edge end corner part rest way kind type sort lot number group pair side foreground background distance direction time moment day thing things something anything nothing everything " +
    "arm arms hand hands head face hair eyes eye teeth tail leg legs mouth lap nose ear ears paw paws wing wings feathers feather fur skin foot feet neck shoulder shoulders finger fingers body tongue beak horns mane back knees knee beard " +
    "dots dot stripes stripe spots pattern lines line handle handles wheels wheel shade shadow shadows reflection light lights sunlight moonlight detail details quality focus resolution background wallpaper " +
    "air game match race trick tricks ride walk trip breakfast lunch dinner party sleep love work fun life lunchtime one ones other others another each way everything both all hi hello thanks please bit shift seat seats turn swim bath rest nap look wood metal plastic glass leather velvet " +
    "concrete brick silk cotton gold silver stone fabric hood windshield dashboard rear rim lid surface branches tip inside outside"
  ).split(" "),
);
