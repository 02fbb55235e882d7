/**
 * British to American spelling of the words that the Stanford tokeniser of 2014 rewrites by default ("grey" gives
 * "gray", "colour" gives "color"). Case-sensitive on purpose, as there: "Grey" stays.
 * @module
 */

/** The spelling of one unhyphenated word; words shorter than 4 letters are returned as they are. */
export function americanSpelling(word: string): string {
  if (word.length < 4) return word;
  const listed = WORDS.get(word);
  if (listed !== undefined) return listed;
  if (word.length < 6) return word;
  for (const [pattern, replacement, except] of PATTERNS)
    if (pattern.test(word) && !except?.test(word)) return word.replace(pattern, replacement);
  return word;
}

const KEPT_OUR =
  /abatjour|beflour|bonjour|calambour|carrefour|cornflour|contour|de[tv]our|dortour|dyvour|downpour|giaour|glamour|holour|inpour|outpour|pandour|paramour|pompadour|recontour|repour|ryeflour|sompnour|tambour|troubadour|tregetour|velour/;

const PATTERNS: readonly [RegExp, string, RegExp?][] = [
  [/haem(at)?o/, "hem$1o"],
  [/aemia$/, "emia"],
  [/([lL])eukaem/, "$1eukem"],
  [/programme(s?)$/, "program$1"],
  [/^([a-z]{3,})our(s?)$/, "$1or$2", KEPT_OUR],
];

/** stem (British, American) and the endings it is rewritten with */
const STEMS: readonly [string, string, string][] = [
  ...["discol", "endeav", "fav", "flav", "hon", "hum", "lab", "sav"].map((s): [string, string, string] => [
    `${s}our`,
    `${s}or`,
    "- s ed ing",
  ]),
  ["colour", "color", "ed ing ful"],
  ["armour", "armor", "ed"],
  ["rumour", "rumor", "ed ing"],
  ["favourite", "favorite", "- s"],
  ["honourable", "honorable", "-"],
  ["neighbourhood", "neighborhood", "- s"],
  ["analys", "analyz", "e ed ing"],
  ["capitalis", "capitaliz", "e ed ation"],
  ["finalis", "finaliz", "e ed ing"],
  ["localis", "localiz", "e ed"],
  ["maximis", "maximiz", "e ed ing"],
  ["minimis", "minimiz", "e ed ing"],
  ["modernis", "moderniz", "e ed ing"],
  ["organisation", "organization", "- s"],
  ["penalis", "penaliz", "e ed"],
  ["popularis", "populariz", "e ed es ing"],
  ["pressuris", "pressuriz", "e ed es ing"],
  ["realis", "realiz", "e ed es ing"],
  ["recognis", "recogniz", "e ed es ing"],
  ["practis", "practic", "e ed"],
  ["analogue", "analog", "- s"],
  ["homologue", "homolog", "- s"],
  ["fibre", "fiber", "- s"],
  ["theatre", "theater", "- s"],
  ["titre", "titer", "- s"],
  ["centre", "center", "-"],
  ["meagre", "meager", "-"],
  ["manoeuvre", "maneuver", "- s"],
  ["oestrogen", "estrogen", "- s"],
  ["cancell", "cancel", "ed ing"],
  ["labell", "label", "ed ing"],
  ["travell", "travel", "ed ing"],
  ["anaesthetic", "anesthetic", "-"],
  ["chimaeric", "chimeric", "-"],
  ["encyclopaedia", "encyclopedia", "-"],
  ["defence", "defense", "-"],
  ["Defence", "Defense", "-"],
  ["Labour", "Labor", "-"],
  ["glamour", "glamour", "-"],
  ["grey", "gray", "-"],
  ["kerb", "curb", "-"],
  ["leant", "leaned", "-"],
  ["learnt", "learned", "-"],
];

const WORDS: ReadonlyMap<string, string> = new Map(
  STEMS.flatMap(([british, american, endings]) =>
    endings.split(" ").map((e): [string, string] => {
      const ending = e === "-" ? "" : e;
      return [british + ending, american + ending];
    }),
  ),
);
