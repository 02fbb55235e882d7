/** What people and animals do, by the verbs of a caption. Ours. @module */

export const ACTIONS = [
  "skiing",
  "boarding",
  "swinging",
  "throwing",
  "riding",
  "sleeping",
  "eating",
  "sitting",
  "running",
  "walking",
  "holding",
  "waving",
  "flying",
  "standing",
] as const;
export type Action = (typeof ACTIONS)[number];

const RULES: Readonly<Record<Action, RegExp>> = {
  skiing: /\b(ski|skis|skier|skiers|skiing)\b/,
  boarding:
    /\b(surf(?!ace)\w*|snowboard\w*|skateboard\w*|skater|skating|riding (?:a |the )?(?:big |small |large )?waves?)\b/,
  swinging: /\b(tennis|racket|racquet|baseball|batter|bat|swing\w*)\b/,
  throwing: /\b(throw\w*|toss\w*|pitch\w*|frisbee)\b/,
  riding:
    /\b(riding|rides|ride|rider|riders|on (?:a |the |his |her |their )?(?:\w+ )?(?:horse|horses|bike|bikes|bicycle|motorcycle|motorcycles|motorbike|elephant)s?)\b/,
  sleeping: /\b(sleep\w*|asleep|nap|napping|lying|laying|lies|lays|resting|curled)\b/,
  eating: /\b(eat\w*|graz\w*|feeding|feeds|dinner|lunch|breakfast|drink\w*)\b/,
  sitting: /\b(sit|sits|sitting|seated|sat)\b/,
  running: /\b(run|runs|running|jump\w*|chas\w*|racing|gallop\w*|plays? soccer|playing soccer)\b/,
  walking: /\b(walk\w*|cross(?:ing|es)|stroll\w*)\b/,
  holding: /\b(hold\w*|carry\w*|carries|reading|reads|talking on|using)\b/,
  waving: /\b(wav(?:es|ing) (?!at the shore)|waving|cheer\w*|greet\w*)\b/,
  flying: /\b(flying|flies|fly|soaring|in flight|in the air)\b/,
  standing: /\b(stand\w*|posing|pose)\b/,
};

/** The actions that a caption names, those that say most about a body first. */
export function actionsOf(caption: string): Action[] {
  const text = caption.toLowerCase();
  return ACTIONS.filter((action) => RULES[action].test(text));
}
