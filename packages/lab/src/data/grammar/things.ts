/** What the grammar knows of the 80 categories: real size, shape, where it is found, what it stands or lies on. Our own estimates. @module */
import type { BackgroundKind } from "scenograph/ours/text/background";

/** ground: stands on the floor; top: lies on furniture; wall: hangs; air: flies; water: floats; held: somebody has it. */
export type Support = "ground" | "top" | "wall" | "air" | "water" | "held";

export interface Thing {
  readonly label: string;
  readonly plural: string;
  /** Typical height in metres. */
  readonly height: number;
  /** Typical width / height as drawn. */
  readonly aspect: number;
  readonly support: Support;
  readonly places: readonly BackgroundKind[];
  /** Captions may give it a colour. */
  readonly coloured: boolean;
}

const SETS: Record<string, readonly BackgroundKind[]> = {
  road: ["street"],
  home: ["room"],
  meal: ["table"],
  food: ["table", "kitchen"],
  cook: ["kitchen"],
  wash: ["bath"],
  farm: ["grass", "dirt"],
  wild: ["grass", "dirt", "forest"],
  pet: ["room", "grass", "beach", "street"],
  sea: ["ocean"],
  fly: ["sky"],
  snow: ["snow"],
  rail: ["track"],
  court: ["tennis"],
  ball: ["baseball"],
  out: ["grass", "beach", "street"],
  carry: ["street", "room", "airport"],
};

/** label | plural | metres | aspect | support | places | c when coloured */
const TABLE = `
person|people|1.7|0.36|ground|out
bicycle|bicycles|1.1|1.5|ground|road|c
car|cars|1.5|2.1|ground|road|c
motorcycle|motorcycles|1.2|1.35|ground|road|c
airplane|airplanes|6|2.7|air|fly|c
bus|buses|3.1|1.9|ground|road|c
train|trains|3.6|2.6|ground|rail|c
truck|trucks|2.8|1.8|ground|road|c
boat|boats|3|1.2|water|sea|c
traffic light|traffic lights|1.6|0.42|air|road
fire hydrant|fire hydrants|0.9|0.7|ground|road|c
stop sign|stop signs|0.9|1|air|road
parking meter|parking meters|1.4|0.37|ground|road
bench|benches|0.9|1.9|ground|out
bird|birds|0.3|1.2|ground|out|c
cat|cats|0.4|1|ground|pet|c
dog|dogs|0.65|1|ground|pet|c
horse|horses|1.8|1.05|ground|farm|c
sheep|sheep|1|1.05|ground|farm|c
cow|cows|1.5|1.1|ground|farm|c
elephant|elephants|2.9|1.05|ground|wild
bear|bears|1.3|1.4|ground|wild|c
zebra|zebras|1.5|1.05|ground|wild
giraffe|giraffes|4.2|0.7|ground|wild
backpack|backpacks|0.5|0.85|ground|carry|c
umbrella|umbrellas|0.9|1|held|out|c
handbag|handbags|0.4|1|ground|carry|c
tie|ties|0.5|0.33|held|home|c
suitcase|suitcases|0.7|0.62|ground|carry|c
frisbee|frisbees|0.12|2.2|air|out|c
skis|skis|0.25|3.5|ground|snow|c
snowboard|snowboards|0.25|3.5|ground|snow|c
sports ball|balls|0.22|1|ground|out
kite|kites|1.2|0.95|air|fly
baseball bat|baseball bats|0.85|1|held|ball|c
baseball glove|baseball gloves|0.3|1|held|ball|c
skateboard|skateboards|0.2|3.2|ground|road|c
surfboard|surfboards|0.4|4|ground|beachsea|c
tennis racket|tennis rackets|0.7|0.5|held|court|c
bottle|bottles|0.3|0.35|top|meal|c
wine glass|wine glasses|0.2|0.53|top|meal
cup|cups|0.1|1.1|top|meal|c
fork|forks|0.2|0.25|top|meal
knife|knives|0.22|0.22|top|meal
spoon|spoons|0.18|0.27|top|meal
bowl|bowls|0.1|1.7|top|food|c
banana|bananas|0.15|1.3|top|food|c
apple|apples|0.09|1|top|food|c
sandwich|sandwiches|0.1|1.6|top|meal
orange|oranges|0.08|1|top|food
broccoli|pieces of broccoli|0.15|1|top|food
carrot|carrots|0.18|1|top|food
hot dog|hot dogs|0.12|1.1|top|meal
pizza|pizzas|0.25|1.3|top|meal
donut|donuts|0.09|1|top|meal
cake|cakes|0.15|1.15|top|meal|c
chair|chairs|0.95|0.65|ground|home|c
couch|couches|0.9|2|ground|home|c
potted plant|potted plants|0.6|0.85|ground|home
bed|beds|1|1.7|ground|home|c
dining table|dining tables|0.8|2|ground|home|c
toilet|toilets|0.75|0.8|ground|wash|c
tv|tvs|0.6|1.5|wall|home
laptop|laptops|0.25|1.5|top|desk
mouse|computer mice|0.08|0.75|top|desk|c
remote|remotes|0.16|0.35|top|desk
keyboard|keyboards|0.12|3|top|desk
cell phone|cell phones|0.15|0.54|top|desk|c
microwave|microwaves|0.35|1.7|top|cook|c
oven|ovens|0.9|0.9|ground|cook|c
toaster|toasters|0.22|1.35|top|cook|c
sink|sinks|0.35|1.45|top|bathcook
refrigerator|refrigerators|1.75|0.5|ground|cook|c
book|books|0.2|1.35|top|desk|c
clock|clocks|0.35|1|wall|home|c
vase|vases|0.35|0.62|top|desk|c
scissors|pairs of scissors|0.18|1|top|desk|c
teddy bear|teddy bears|0.5|1|ground|home|c
hair drier|hair driers|0.2|1.2|top|wash|c
toothbrush|toothbrushes|0.06|3.6|top|wash|c
`;
Object.assign(SETS, { beachsea: ["beach", "ocean"], desk: ["table", "room"], bathcook: ["bath", "kitchen"] });

export const THINGS: readonly Thing[] = TABLE.trim()
  .split("\n")
  .map((row) => {
    const [label, plural, height, aspect, support, places, coloured] = row.split("|");
    return {
      label,
      plural,
      height: Number(height),
      aspect: Number(aspect),
      support: support as Support,
      places: SETS[places],
      coloured: coloured === "c",
    };
  });

const byLabel = new Map(THINGS.map((t) => [t.label, t]));

/** @throws when the label is no COCO category: a mistake in the grammar. */
export function thing(label: string): Thing {
  const found = byLabel.get(label);
  if (!found) throw new Error(`thing(): a COCO category, got "${label}"`);
  return found;
}

/** How a caption names a place. Every phrase is recognised by `backgroundOf`. */
export const PLACE_PHRASES: Record<BackgroundKind, readonly string[]> = {
  snow: ["in the snow", "on a snowy slope"],
  beach: ["on the beach", "on a sandy beach"],
  ocean: ["in the ocean", "on the lake"],
  tennis: ["on a tennis court"],
  baseball: ["on a baseball field"],
  bath: ["in a bathroom"],
  kitchen: ["in a kitchen"],
  table: ["on a table", "on a wooden desk"],
  room: ["in a living room", "in a room"],
  track: ["on the tracks", "on a railroad track"],
  street: ["on a city street", "on the street"],
  airport: ["at an airport"],
  forest: ["in the forest", "in the woods"],
  dirt: ["in a dirt enclosure", "on dry dirt"],
  grass: ["in a grassy field", "on the grass"],
  sky: ["in the sky"],
};
