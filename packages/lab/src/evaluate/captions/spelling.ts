/**
 * British spellings that captions use, in American spelling: the ptb tokeniser maps them, so that "grey" and "gray" match.
 * Our own short list.
 * @module
 */
const PAIRS = `grey gray, colour color, coloured colored, colourful colorful, colours colors, multicoloured multicolored,
  centre center, theatre theater, metre meter, metres meters, favourite favorite, neighbour neighbor,
  neighbourhood neighborhood, harbour harbor, flavour flavor, catalogue catalog, jewellery jewelry, pyjamas pajamas,
  tyre tire, tyres tires, kerb curb, plough plow, moustache mustache, travelling traveling, organised organized`;

const AMERICAN: ReadonlyMap<string, string> = new Map(
  PAIRS.split(",").map((pair) => pair.trim().split(/\s+/) as [string, string]),
);

/** The American spelling of a lower-case word, or the word. */
export function americanSpelling(word: string): string {
  return AMERICAN.get(word) ?? word;
}
