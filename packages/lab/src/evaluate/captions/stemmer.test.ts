import { expect, test } from "vitest";
import { stem } from "./stemmer.ts";

// pairs of the sample vocabulary published with the Snowball English algorithm
const PAIRS =
  `consign consign|consigned consign|consigning consign|consignment consign|consist consist|consisted consist
consistency consist|consistent consist|consistently consist|consolation consol|console consol|knack knack|knackeries
knackeri|knaves knave|knavish knavish|kneaded knead|kneel kneel|knightly knight|knives knive|knocker knocker|knots knot
skis ski|skies sky|dying die|news news|early earli|only onli|inning inning|inns inn|exceeded exceed|generously generous
communism communism|arsenal arsenal|hopping hop|hoping hope|cries cri|ties tie|gas gas|gaps gap|kiwis kiwi|luxuriated
luxuri|sensational sensat|relational relat|happily happili|falling fall|filing file|youth youth|boy boy|by by|say say
yellow yellow|dog's dog|dogs' dog|agreed agre|feed feed`
    .replace(/\n/g, (_, at: number, all: string) => (/\|\S+$/.test(all.slice(0, at)) ? " " : "|"))
    .split("|")
    .map((pair) => pair.split(" "));

test.each(PAIRS)("%s -> %s", (word, expected) => {
  expect(stem(word)).toBe(expected);
});
