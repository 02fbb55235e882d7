/** COCO's 80 categories as a vocabulary: the default data. @module */
import { CATEGORIES, type Categories, COCO } from "../../scene/categories.ts";
import type { Vocabulary } from "../../understand/types.ts";
import { NOT_CATEGORIES, SYNONYMS } from "./synonyms.ts";

const words = (list: string) => list.split(", ");

const SENSES: Readonly<Record<string, readonly { words: readonly string[]; near: readonly string[] }[]>> = {
  "baseball bat": [
    {
      words: ["bat", "bats"],
      near: words(
        "baseball, batter, batting, pitch, ball, player, swing, swings, swinging, swung, umpire, hit, hits, hitting, plate, catcher, holding, glove",
      ),
    },
  ],
  "baseball glove": [
    { words: ["glove", "mitt", "gloves"], near: words("baseball, catcher, pitcher, umpire, batter, bat") },
  ],
  mouse: [
    {
      words: ["mouse", "mice"],
      near: words("computer, keyboard, laptop, desk, monitor, screen, pad, mousepad, wireless, usb, tv, desktop, pc"),
    },
  ],
  person: [{ words: ["pitcher"], near: words("baseball, mound, throws, throwing, pitching, pitches, batter, ball") }],
};

/** What people say for it beyond the words of captions. */
const MORE: Readonly<Record<string, string>> = {
  person:
    "human, human being, mum, mommy, daddy, granny, old lady, old man, nurse, doctor, pilot, sailor, dancer, singer, king size man, captain, builder, twins, triplets, neighbor, neighbour, baseball player, " +
    "tennis player, soccer player, football player, grandparent, parent, sibling, uncle, aunt, cousin, driver, painter, guest, barista, baker, butcher, postman, clerk, guard, drummer, guitarist, walker, barber, " +
    "bus driver, truck driver, taxi driver, dog walker, grandson, granddaughter, schoolboy, schoolgirl, teen girl, teen boy, hunter, scientist, monk, nun, priest, gymnast, boxer, wrestler, model",
  bicycle: "mountain bike, racing bike",
  car: "race car, racing car, jeep, cab, sportscar, van car",
  bird: "chicken, hen, chick, turkey, penguin, woodpecker, toucan, kingfisher, canary, ducklings, swallow, dove, magpie, puffin, macaw, budgie",
  dog: "spaniel, pooch, greyhound, rottweiler, border collie, collie, schnauzer, doberman, great dane, shiba inu, shih tzu",
  cat: "tomcat, kittycat, pussycat",
  cow: "calf",
  "sports ball": "ball, baseball, basketball, football, volleyball, golf ball, soccer ball, rugby ball",
  couch: "divan",
  tv: "flat screen monitor, display screen",
  "potted plant": "plant, pot plant, potted flowers",
  "wine glass": "glass of champagne",
  cup: "cup of tea, cups of tea, cups of coffee, mug of coffee, mug of tea, mug of cocoa, cup of cocoa, cup of milk",
  "dining table": "dinner table",
  cake: "birthday cake, cupcake",
  sandwich: "sandwiches, toastie",
  donut: "doughnut",
  skateboard: "skate",
  oven: "cooker, stove",
  scissors: "pair of scissors",
  suitcase: "trolley case",
  truck: "pickup, van truck, garbage truck, cement truck, monster truck, ice cream truck, big rig, semi",
  boat: "sailing boat, fishing boat, cruise ship, pirate ship, rowing boat, paddle boat, houseboat, ark, steamboat",
  train: "bullet train, steam train, metro, trains",
  airplane: "airplanes, fighter plane, propeller plane, private jet, passenger plane, toy plane, paper plane",
  book: "dictionary, bible, comic book, cookbook",
  bottle:
    "bottle of wine, bottle of water, bottle of beer, bottles of wine, bottles of water, bottles of beer, water bottle",
};

/** The words that a sentence is read with: a model's own, COCO's for COCO. */
export function wordsOf(categories: Categories): Vocabulary {
  return categories === COCO ? COCO_VOCABULARY : categories;
}

export const COCO_VOCABULARY: Vocabulary = {
  categories: CATEGORIES.map(({ name }) => ({
    name,
    synonyms: [SYNONYMS[name], MORE[name]].flatMap((list) => (list === undefined ? [] : words(list))),
    ...(SENSES[name] && { senses: SENSES[name] }),
  })),
  except: [...words(NOT_CATEGORIES), "mouse", "bat", "paper airplane"],
};
