/**
 * Common irregular English forms, for looking a word up in WordNet when the dictionary folder has no exception files
 * (noun.exc, verb.exc ...). Each entry: base form, then its irregular forms.
 * @module
 */
const ENTRIES = `
child children|foot feet|tooth teeth|goose geese|mouse mice|louse lice|ox oxen|person people|brother brethren
calf calves|half halves|knife knives|leaf leaves|life lives|loaf loaves|scarf scarves|self selves|shelf shelves
bookshelf bookshelves|sheaf sheaves|thief thieves|wife wives|wolf wolves|hoof hooves|dwarf dwarves|elf elves
housewife housewives|midwife midwives|cactus cacti|focus foci|fungus fungi|nucleus nuclei|radius radii
stimulus stimuli|syllabus syllabi|analysis analyses|axis axes|basis bases|crisis crises|diagnosis diagnoses
oasis oases|thesis theses|appendix appendices|index indices|matrix matrices|vertex vertices|bacterium bacteria
curriculum curricula|datum data|medium media|memorandum memoranda|criterion criteria|phenomenon phenomena
tomato tomatoes|potato potatoes|hero heroes|echo echoes|torpedo torpedoes|tornado tornadoes|mango mangoes
buffalo buffaloes|volcano volcanoes|mosquito mosquitoes|cargo cargoes
be am are is was were been|have has had|do does did done|go goes went gone|arise arose arisen|awake awoke awoken
bear bore born borne|beat beaten|become became|begin began begun|bend bent|bind bound|bite bit bitten|bleed bled
blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|buy bought|catch caught
choose chose chosen|cling clung|come came|creep crept|deal dealt|dig dug|draw drew drawn|dream dreamt
drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found
flee fled|fling flung|fly flew flown|forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven
freeze froze frozen|get got gotten|give gave given|grind ground|grow grew grown|hang hung|hear heard
hide hid hidden|hold held|keep kept|kneel knelt|know knew known|lay laid|lead led|lean leant|leap leapt
learn learnt|leave left|lend lent|lie lay lain lying|light lit|lose lost|make made|mean meant|meet met
mow mown|overhang overhung|overlook overlooked|pay paid|ride rode ridden|ring rang rung|rise rose risen|run ran
say said|see saw seen|seek sought|sell sold|send sent|sew sewn|shake shook shaken|shear shorn|shine shone
shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid
sling slung|smell smelt|sow sown|speak spoke spoken|speed sped|spend spent|spill spilt|spin spun|spit spat
spoil spoilt|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|stink stank stunk
stride strode stridden|strike struck stricken|string strung|strive strove striven|swear swore sworn|sweep swept
swell swollen|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told|think thought
throw threw thrown|tie tying|die dying|undergo underwent undergone|understand understood|wake woke woken
wear wore worn|weave wove woven|weep wept|win won|wind wound|withdraw withdrew withdrawn|wring wrung
write wrote written|bad worse worst|good better best|well better best|far farther farthest further furthest
little less least|much more most|many more most|old elder eldest
`;

/** irregular form -> its base forms */
export const IRREGULAR_FORMS: ReadonlyMap<string, readonly string[]> = parse();

function parse(): Map<string, string[]> {
  const bases = new Map<string, string[]>();
  for (const entry of ENTRIES.trim().split(/[|\n]/)) {
    const [base, ...forms] = entry.split(" ");
    for (const form of forms) bases.set(form, [...(bases.get(form) ?? []), base]);
  }
  return bases;
}
