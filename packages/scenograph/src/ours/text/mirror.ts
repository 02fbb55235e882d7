/**
 * The caption of a picture in a mirror, for ideas that mirror training pictures (`boxes.ours.flip`, `image.ours.flip`): twice the
 * pictures, none of them false. Not measured alone.
 * @module
 */

// "right" that is no direction ("right next to", "right now"), "left" that is a verb ("left over")
const NOT_RIGHT =
  /^\s+(?:next|behind|after|before|now|away|in\s+(?:front|the\s+middle|between)|inside|up|down|beside|outside|near|by|above|below|beneath|under|underneath|over|out|off|through|at|there|here|into|on\s+top|against|along|across|past|angles?)\b/i;
const NOT_LEFT =
  /^\s+(?:over|overs|alone|open|unattended|uneaten|for|without|sitting|standing|lying|laying|running|hanging|plugged|on\s+an?)\b/i;
const VERB = /\b(?:have|has|had|was|were|been|being|be|they|thing|somebody|someone|slice|piece)\s+$/i;
const ARTICLE =
  /\b(?:the|to|its|his|her|their|your|my|far|upper|lower|top|bottom|extreme|left|right)(?:\s+(?:and|or))?\s+$/i;

/** A word of direction and its mirror image, letter case kept; longer words ("left-hand", "rightmost") by their beginning. */
const SIDE = /\b(left|right)(?=(?:most|ward|wards|hand|handed|side)?\b)/gi;

/**
 * The caption of the mirrored picture: left and right swapped where they mean a side. For horizontal flips in training.
 * Its own inverse.
 */
export function mirrorCaption(caption: string): string {
  return caption.replace(SIDE, (word: string, _side: string, at: number) => {
    const before = caption.slice(Math.max(0, at - 24), at);
    const after = caption.slice(at + word.length, at + word.length + 24);
    // the idioms of both words, so that mirroring twice gives the caption back
    if (!ARTICLE.test(before) && (VERB.test(before) || NOT_RIGHT.test(after) || NOT_LEFT.test(after))) return word;
    const other = word.length === 5 ? "left" : "right";
    if (word === word.toUpperCase()) return other.toUpperCase();
    return word[0] === word[0].toUpperCase() ? other[0].toUpperCase() + other.slice(1) : other;
  });
}
