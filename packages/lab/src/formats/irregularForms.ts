/**
 * Irregular English forms that captions use, our own short list, for WordNet folders without exception files
 * (noun.exc, verb.exc ...). Each entry: base form, then its irregular forms.
 * @module
 */
const NOUNS = `child children, person people, foot feet, tooth teeth, mouse mice, goose geese, ox oxen, knife knives,
  leaf leaves, life lives, wife wives, half halves, shelf shelves, loaf loaves, scarf scarves, wolf wolves, calf calves,
  hoof hooves, thief thieves, cactus cacti`;

const VERBS = `be am is are was were been, have has had, do does did done, go goes went gone, sit sat, stand stood,
  lie lay lain lying, lay laid, ride rode ridden, run ran, eat ate eaten, drink drank drunk, hold held, take took taken,
  make made, get got gotten, give gave given, see saw seen, look looked, stick stuck, hang hung, swing swung,
  throw threw thrown, catch caught, hit hit, cut cut, put put, set set, fly flew flown, drive drove driven,
  swim swam swum, feed fed, lead led, read read, leave left, keep kept, sleep slept, sweep swept, tell told, say said,
  wear wore worn, tear tore torn, break broke broken, speak spoke spoken, come came, become became, begin began begun,
  bring brought, buy bought, think thought, teach taught, fight fought, find found, wind wound, grow grew grown,
  blow blew blown, draw drew drawn, know knew known, show shown, hide hid hidden, bite bit bitten, slide slid,
  shake shook shaken, fall fell fallen, build built, send sent, spend spent, bend bent, lean leant, lose lost,
  win won, shine shone, sing sang sung, ring rang rung, spin spun, dig dug, meet met, shoot shot, sell sold,
  rise rose risen, write wrote written, tie tying, die dying`;

const COMPARISONS = "good better best, well better best, bad worse worst, far farther farthest";

/** irregular form -> its base forms */
export const IRREGULAR_FORMS: ReadonlyMap<string, readonly string[]> = parse([NOUNS, VERBS, COMPARISONS]);

function parse(lists: readonly string[]): Map<string, string[]> {
  const bases = new Map<string, string[]>();
  for (const entry of lists.flatMap((list) => list.split(","))) {
    const [base, ...forms] = entry.trim().split(/\s+/);
    for (const form of forms) bases.set(form, [...(bases.get(form) ?? []), base]);
  }
  return bases;
}

/** base form -> irregular plural */
export const IRREGULAR_PLURALS: ReadonlyMap<string, string> = new Map(
  NOUNS.split(",").map((entry) => entry.trim().split(/\s+/) as [string, string]),
);
