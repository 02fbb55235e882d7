/**
 * Penn Treebank tokenisation as coco-caption applies it before scoring: the Stanford tokeniser of 2014 with `-lowerCase`,
 * then coco-caption's list of punctuation tokens removed.
 *
 * A re-implementation of the published token definitions (longest match, earlier rule on ties), written for captions.
 * Kept quirks of the original: brackets become "-lrb-"/"-rrb-" and stay, runs such as "!!" or "?!" stay, slashes come out
 * as "\/", lower-case British spellings become American.
 * Limits: not compared with the output of the Java program. The rules follow the token definitions of its releases up to
 * 2012; whether the release in coco-caption split "gonna" and the like is unconfirmed (here they are split). Scripts other
 * than Latin follow \p{L} instead of the original's hand-made ranges; sentence-final abbreviations are not doubled (the
 * extra period would be removed anyway); emoji and other unknown characters are dropped, as there.
 * @module
 */
import { americanSpelling } from "./americanSpelling.ts";

/** Tokens of a caption: lower-cased, punctuation removed. A line break counts as a space. */
export function tokenizePtb(text: string): string[] {
  // the rules with a right context need a character after the last word
  return lex(`${text.replace(/[\r\n]+/g, " ")}\n`).filter((token) => !PUNCTUATION.has(token));
}

/** The tokens that coco-caption drops (compared after lower-casing, so its "-LRB-" never matches). */
const PUNCTUATION: ReadonlySet<string> = new Set([
  "''",
  "'",
  "``",
  "`",
  ".",
  "?",
  "!",
  ",",
  ":",
  "-",
  "--",
  "...",
  ";",
]);

interface Rule {
  /** sticky; group 1 is the token, what follows it is right context and counts for the longest match */
  regex: RegExp;
  /** token text from the matched text; an empty string drops it */
  map?: (text: string) => string;
  /** characters at the end of the match that are read again */
  putBack?: number;
}

const PLAIN_WORD = /[A-Za-z]+(?=[ \n])/y;
const ASSIMILATION = /^(?:cannot|gonna|gotta|lemme|gimme|wanna)$/i;

function lex(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    // shortcut, same result: a plain word before a space is WORD whatever other rule competes
    PLAIN_WORD.lastIndex = at;
    const plain = PLAIN_WORD.exec(text);
    if (plain && !ASSIMILATION.test(plain[0])) {
      tokens.push(americanSpelling(plain[0]).toLowerCase());
      at += plain[0].length + 1;
      continue;
    }
    let best: Rule | undefined;
    let bestLength = 0;
    let matched = "";
    for (const rule of RULES) {
      rule.regex.lastIndex = at;
      const match = rule.regex.exec(text);
      if (match && match[0].length > bestLength && match[1].length > 0) {
        [best, bestLength, matched] = [rule, match[0].length, match[1]];
      }
    }
    if (!best) {
      at += text.codePointAt(at)! > 0xffff ? 2 : 1;
      continue;
    }
    const token = best.putBack ? matched.slice(0, -best.putBack) : matched;
    at += token.length;
    const out = (best.map ? best.map(token) : token).toLowerCase();
    if (out) tokens.push(out);
  }
  return tokens;
}

// building blocks, in the spelling of the original definitions
const letter = "(?:[\\p{L}\\p{M}\\u00AD]|&[aeiouAEIOU](?:acute|grave|uml);)";
const alnum = "[\\p{L}\\p{Nd}]";
const word = `${letter}+`;
const digit = "\\p{Nd}";
const apos = "(?:['\\u0092\\u2019]|&apos;)";
const aposEtc = "(?:['\\u0092\\u2019\\u0091\\u2018\\u201B]|&apos;)";
const reducedAuxiliary = `${apos}(?:re|ve|ll|[msdMSD])`;
const space = "[ \\t\\u00A0\\u2000-\\u200A\\u3000]";
const spaceOrLine = "[ \\t\\u00A0\\u2000-\\u200A\\u3000\\r\\n\\u2028\\u2029\\u000B\\u000C\\u0085]";
const inSentence = "[,;:\\u3001]";
const num = `(?:${digit}*(?:[.:,\\u00AD\\u066B\\u066C]${digit}+)+|${digit}+)`;
const acronym =
  "(?:(?:Canada|Sino|Korean|EU|Japan|non)-U\\.S|U\\.S\\.-(?:U\\.S\\.S\\.R|U\\.K)|[A-Za-z](?:\\.[A-Za-z])+)";
const month = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec";
const day = "Mon|Tues|Tue|Wed|Thurs|Thu|Fri";
const state =
  "Ala|Ariz|[A]rk|Calif|Colo|Conn|Dak|Del|Fla|Ga|[I]ll|Ind|Kans?|Ky|La|[M]ass|Md|Mich|Minn|[M]iss|Mo|Mont|Neb|Nev|Okla|[O]re|Pa|Penn|Tenn|Tex|Va|Vt|[W]ash|Wisc?|Wyo";
const company = "Inc|Cos?|Corp|Pp?tys?|Ltd|Plc|Bancorp|Dept|Bhd|Assn|Univ|Intl|Sys";
const numberWord = "Nos?|Prop|Ph|tel|est|ext|sq|ft";
const title =
  "Mr|Mrs|Ms|[M]iss|Drs?|Profs?|Sens?|Reps?|Attys?|Lt|Col|Gen|Messrs|Govs?|Adm|Rev|Maj|Sgt|Cpl|Pvt|Mt|Capt|Ste?|Ave|Pres|Lieut|Hon|Brig|Co?mdr|Pfc|Spc|Supts?|Det";
const degree = "Jr|Sr|Bros|(?:Ed|Ph)\\.D|Blvd|Rd|Esq";
const abbreviation1 = `(?:${month}|${day}|${state}|${company}|${numberWord}|${degree}|etc|al|seq)\\.`;
const abbreviation2 = `(?:${acronym}|${title}|vs|Alex|Wm|Jos|Cie|a\\.k\\.a|cf|TREAS|Invt|Elec|Natl|M[ft]g|[A-Za-z])`;
const hyphen = "[-_\\u058A\\u2010\\u2011]";
const thingPart = `(?:[dDoOlL]${aposEtc}${alnum})?${alnum}+`;
const thing = `${thingPart}(?:${hyphen}${thingPart})*`;
const hyphenThing = `[A-Za-z0-9][A-Za-z0-9.,\\u00AD]*(?:-(?:${acronym}\\.|[A-Za-z0-9\\u00AD]+))+`;
const slashPart = "[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}";

const quote = (left: boolean) => (text: string) =>
  text
    .replace(/&apos;|'/g, left ? "`" : "'")
    .replace(/"|&quot;/g, left ? "``" : "''")
    .replace(/[\u0091\u2018\u201B\u2039]/g, "`")
    .replace(/[\u0092\u2019\u203A]/g, "'")
    .replace(/[\u0093\u201C\u00AB]/g, "``")
    .replace(/[\u0094\u201D\u00BB]/g, "''");
const escapeSlash = (text: string) => text.replace(/(?<!\\)[/*]/g, "\\$&");
const noBreak = (text: string) => text.replace(/ /g, "\u00A0");
const noSoftHyphen = (text: string) => text.replace(/\u00AD/g, "") || "-";
const spelled = (text: string) => americanSpelling(noSoftHyphen(text));
const literal = (token: string) => () => token;
const currency = (text: string) =>
  text
    .replace("\u00A2", "cents")
    .replace("\u00A3", "#")
    .replace(/[\u0080\u00A4\u20A0\u20AC]/, "$");
const fraction = (text: string) =>
  ({ "\u00BC": "1\\/4", "\u00BD": "1\\/2", "\u00BE": "3\\/4", "\u2153": "1\\/3" })[text] ?? text;

const RULES: readonly Rule[] = [
  rule("cannot", { putBack: 3 }),
  rule("gonna|gotta|lemme|gimme|wanna", { putBack: 2 }),
  rule("<\\/?[A-Za-z!?][^>\\r\\n]*>", { map: noBreak }),
  rule("&(?:MD|mdash|ndash);|[\\u0096\\u0097\\u2013\\u2014\\u2015]", { map: literal("--") }),
  rule("&amp;", { map: literal("&") }),
  rule("&(?:HT|TL|UR|LR|QC|QL|QR|odq|cdq|#[0-9]+);"),
  rule(word, { context: reducedAuxiliary, map: spelled }),
  rule("[A-Za-z\\u00AD]*[A-MO-Za-mo-z]\\u00AD*", { context: `n${aposEtc}t`, map: noSoftHyphen }),
  rule(word, { map: spelled }),
  ...[
    `${apos}n${apos}?`,
    `[lLdDjJ]${apos}`,
    `(?:Dunkin|somethin|ol)${apos}`,
    `${apos}(?:em|[2-9]0s|till?|cause)`,
    `[A-HJ-XZn]${aposEtc}\\p{L}{2,}`,
    `\\p{L}+[aeiouyAEIOUY]${aposEtc}[aeiouA-Z]\\p{L}*`,
    "cont'd\\.?|'twas|nor'easter|c'mon|e'er|s'mores|ev'ry|li'l|nat'l",
  ].map((source) => rule(source)),
  rule(`y${apos}`, { context: "\\p{L}" }),
  rule('https?:\\/\\/[^ \\t\\n\\f\\r"<>|()]+[^ \\t\\n\\f\\r"<>|.!?(){},-]', { map: escapeSlash }),
  rule(
    '(?:www\\.(?:[^ \\t\\n\\f\\r"<>|.!?(){},]+\\.)+[a-zA-Z]{2,4}|(?:[^ \\t\\n\\f\\r"`\'<>|.!?(){},_$-]+\\.)+(?:com|net|org|edu))(?:\\/[^ \\t\\n\\f\\r"<>|()]+[^ \\t\\n\\f\\r"<>|.!?(){},-])?',
    { map: escapeSlash },
  ),
  rule(
    '[a-zA-Z0-9][^ \\t\\n\\f\\r"<>|()\\u00A0]*@(?:[^ \\t\\n\\f\\r"<>|().\\u00A0]+\\.)*[^ \\t\\n\\f\\r"<>|().\\u00A0]+',
  ),
  rule(`@[a-zA-Z_][a-zA-Z_0-9]*|#${word}`),
  rule(reducedAuxiliary, { context: "[^A-Za-z]", map: quote(false) }),
  rule(`n${aposEtc}t`, { map: quote(false) }),
  rule(`${digit}{1,2}[-/]${digit}{1,2}[-/]${digit}{2,4}`, { map: escapeSlash }),
  rule(`[-+]?${num}`, { map: noSoftHyphen }),
  rule("[\\u207A\\u207B\\u208A\\u208B]?(?:[\\u2070\\u00B9\\u00B2\\u00B3\\u2074-\\u2079]+|[\\u2080-\\u2089]+)"),
  rule(`(?:${digit}{1,4}[- \\u00A0])?${digit}{1,4}(?:\\\\?\\/|\\u2044)${digit}{1,4}`, {
    map: (text) => noBreak(escapeSlash(text)),
  }),
  rule("[\\u00BC\\u00BD\\u00BE\\u2153-\\u215E]", { map: fraction }),
  rule(`-(?:RRB|LRB|RCB|LCB|RSB|LSB)-|C\\.D\\.s|pro-|anti-|Cap${apos}n|c${apos}est`),
  rule("S(?:&|&amp;)(?:P-500|Ls)", { map: (text) => text.replace(/&amp;/i, "&") }),
  rule(`${slashPart}(?:\\\\?\\/${slashPart}){1,2}`, { map: escapeSlash }),
  rule("[A-Z]*\\$|#"),
  rule("[\\u00A2\\u00A3\\u00A4\\u00A5\\u0080\\u20A0\\u20AC\\u060B\\u0E3F\\u20A4\\uFFE0\\uFFE1\\uFFE5\\uFFE6]", {
    map: currency,
  }),
  rule(abbreviation1),
  rule(`${abbreviation2}\\.`),
  rule(abbreviation2, { context: space }),
  rule(acronym, { context: spaceOrLine }),
  rule(`${apos}[0-9][0-9]`, { context: spaceOrLine }),
  rule(`${word}\\.`, { context: inSentence, map: noSoftHyphen }),
  rule(
    "(?:\\([0-9]{2,3}\\)[ \\u00A0]?|(?:\\+\\+?)?(?:[0-9]{2,4}[- \\u00A0])?[0-9]{2,4}[- \\u00A0])[0-9]{3,4}[- \\u00A0]?[0-9]{3,5}|(?:(?:\\+\\+?)?[0-9]{2,4}\\.)?[0-9]{2,4}\\.[0-9]{3,4}\\.[0-9]{3,5}",
    { map: (text) => noBreak(text).replace("(", "-LRB-").replace(")", "-RRB-") },
  ),
  rule('"|&quot;', { context: "[A-Za-z0-9$]", map: quote(true) }),
  rule('"|&quot;', { map: quote(false) }),
  rule("<<|>>"),
  rule("[<\\[(]|&lt;", { map: literal("-LRB-") }),
  rule("[>\\])]|&gt;", { map: literal("-RRB-") }),
  rule("\\{", { map: literal("-LCB-") }),
  rule("\\}", { map: literal("-RCB-") }),
  rule("-+", { map: (text) => (text.length === 3 || text.length === 4 ? "--" : text) }),
  rule("\\.{3,5}|(?:\\.[ \\u00A0]){2,4}\\.|[\\u0085\\u2026]", { map: literal("...") }),
  rule("@+|#+|_+"),
  rule("\\*+|(?:\\\\\\*){1,3}", { map: (text) => text.replace(/^\*/, "\\*") }),
  rule(inSentence),
  rule("[?!]+"),
  rule("[.\\u00A1\\u00BF\\u037E\\u0589\\u061F\\u06D4\\u0700-\\u0702\\u07FA\\u3002=]"),
  rule("\\/", { map: escapeSlash }),
  rule(`${hyphenThing}\\.`, { context: inSentence, map: noSoftHyphen }),
  rule(hyphenThing, { map: noSoftHyphen }),
  rule(`${thing}\\.`, { context: inSentence }),
  rule(thing),
  rule("[A-Z]+(?:(?:[+&]|&amp;)[A-Z]+)+", { map: (text) => text.replace(/&amp;/gi, "&") }),
  rule("'", { context: "[A-Za-z][^ \\t\\n\\r\\u00A0]", map: quote(true) }),
  rule(reducedAuxiliary, { map: quote(false) }),
  rule(`''|[\`\\u2018-\\u201F\\u0091-\\u0094\\u2039\\u203A\\u00AB\\u00BB]{1,2}|${apos}`, { map: quote(false) }),
  rule(
    "[+%&~^|\\\\\\u00A6-\\u00A9\\u00AC\\u00AE\\u00AF\\u00B0-\\u00BA\\u00D7\\u00F7\\u0387\\u2016\\u2017\\u2020-\\u2023\\u2030-\\u2038\\u203B\\u203E-\\u2042\\u2044\\u2100-\\u214F\\u2190-\\u2BFF]",
  ),
  rule("&nbsp;", { map: literal("") }),
];

/** One rule of the lexer; ASCII letters outside brackets match either case. */
function rule(source: string, options: Omit<Rule, "regex"> & { context?: string } = {}): Rule {
  const { context, ...rest } = options;
  return { regex: new RegExp(`(${caseless(source)})${context ? `(?:${caseless(context)})` : ""}`, "yu"), ...rest };
}

function caseless(source: string): string {
  return source.replace(/\\p\{\w+\}|\\u[0-9A-F]{4}|\\.|\[(?:\\.|[^\]\\])*\]|[A-Za-z]/g, (unit) =>
    /^[A-Za-z]$/.test(unit) ? `[${unit.toLowerCase()}${unit.toUpperCase()}]` : unit,
  );
}
