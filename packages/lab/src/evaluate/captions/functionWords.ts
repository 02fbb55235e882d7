/**
 * English function words for METEOR's content / function weighting: our own list of the closed word classes. METEOR's own
 * list (words above a frequency in news text) is not carried along, so scores differ a little from METEOR's.
 * @module
 */
const CLASSES = {
  articles: "a an the",
  demonstratives: "this that these those",
  pronouns:
    "i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one who whom whose what which",
  quantifiers: "all any both each every few many more most much no none other another some such several",
  prepositions:
    "about above across after against along among around as at before behind below beneath beside between beyond by down during for from in inside into like near next of off on onto out outside over past since through to toward towards under until up upon with within without",
  conjunctions: "and but or nor so yet if because while when where than then whether though although",
  auxiliaries:
    "am is are was were be been being do does did done doing have has had having can could may might must shall should will would",
  adverbs: "not also just only there here very too how why again",
  // what the tokenisers leave of contractions
  clitics: "s t ll re ve d m 's 't 'll 're 've 'd 'm n't",
} as const;

export const FUNCTION_WORDS: ReadonlySet<string> = new Set(Object.values(CLASSES).flatMap((words) => words.split(" ")));
