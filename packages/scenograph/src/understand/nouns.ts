/**
 * Nouns outside a vocabulary that people put into sentences, by kind: where such a thing stands and how large it is. Closed
 * lists only help; any unknown word after "a", "the" or a number is taken for a noun as well.
 * @module
 */

/** Where a thing of a kind is found. */
export const NOUN_KINDS = {
  /** In the sky. */
  sky:
    "moon, sun, star, cloud, rainbow, helicopter, balloon, hot air balloon, ufo, spaceship, rocket, drone, blimp, zeppelin, comet, " +
    "planet, lightning, firework, parachute, paraglider, glider, satellite, angel, lantern, snowflake, airship, meteor, spacecraft, flying saucer",
  /** Large, stands on the ground: buildings and trees. */
  tall:
    "castle, house, building, tower, church, skyscraper, lighthouse, windmill, barn, hut, cabin, cottage, temple, palace, pyramid, " +
    "tent, tree, palm tree, pine tree, apple tree, oak, hill, mountain, volcano, cliff, bridge, statue, monument, fountain, " +
    "ferris wheel, igloo, iceberg, waterfall, crane, shed, garage door, arch, mill, fort, treehouse, rock formation, " +
    "flagpole, streetlight, street light, street lamp, lamppost, lamp post, telephone pole, billboard, wall, fence, gate, hedge, christmas tree, roof, bird house",
  /** As large as a person or an animal, stands on the ground. */
  ground:
    "robot, unicorn, dragon, dinosaur, monster, ghost, alien, wizard, witch, princess, prince, king, queen, knight, pirate, mermaid, fairy, " +
    "ninja, clown, superhero, snowman, scarecrow, gnome, elf, giant, troll, zombie, vampire, skeleton, astronaut, santa, santa claus, " +
    "fox, wolf, lion, tiger, leopard, cheetah, panther, rabbit, bunny, hare, deer, moose, elk, reindeer, goat, pig, donkey, camel, llama, alpaca, " +
    "monkey, gorilla, ape, kangaroo, koala, squirrel, hedgehog, raccoon, beaver, otter, badger, rhino, rhinoceros, hippo, hippopotamus, " +
    "crocodile, alligator, turtle, tortoise, lizard, snake, frog, toad, buffalo, bison, antelope, gazelle, hyena, sloth, mole, rat, hamster, guinea pig, " +
    "tractor, van, carriage, cart, wagon, wheelbarrow, stroller, wheelchair, sled, sleigh, tank, bulldozer, excavator, " +
    "barrel, crate, trash can, garbage can, bin, mailbox, letterbox, well, swing, slide, seesaw, bush, flower bed, rock, stone, boulder, log, stump, ladder, " +
    "campfire, fire, grill, barbecue, cannon, grave, tombstone, puddle, traffic cone, cone, hay bale, sandcastle, grandstand, trampoline, pumpkin, " +
    "cactus, mushroom, sunflower, bird bath, dog house, dog bed, cat bed, goal, net, rug, carpet, mat, rope, treasure chest, chest, throne, stage",
  /** Furniture and what stands about in rooms. */
  room:
    "lamp, floor lamp, desk, shelf, bookshelf, bookcase, cabinet, cupboard, wardrobe, closet, dresser, drawer, nightstand, night stand, bedside table, side table, " +
    "coffee table, end table, stool, ottoman, bathtub, bath, shower, washing machine, dishwasher, fireplace, piano, drum, drum kit, pool table, crib, cradle, cage, " +
    "aquarium, fish tank, fan, heater, radiator, tv stand, counter, kitchen counter, countertop, island, stairs, staircase, armoire, coat rack, tripod, easel, " +
    "mannequin, jukebox, vending machine, treadmill, box, cardboard box, basket, laundry basket, bucket, printer, record player",
  /** Small, lies or stands on something. */
  small:
    "plate, dish, tray, pot, pan, kettle, teapot, candle, egg, pencil, pen, paper, notebook, newspaper, magazine, letter, envelope, map, card, coin, key, ring, " +
    "flower, rose, tulip, daisy, sunflower, bouquet, leaf, branch, pebble, shell, seashell, feather, acorn, nut, berry, strawberry, blueberry, raspberry, grape, cherry, pear, peach, " +
    "plum, lemon, lime, melon, watermelon, pineapple, coconut, mango, kiwi, avocado, tomato, potato, onion, pepper, cucumber, lettuce, cabbage, corn, mushroom, " +
    "bread, loaf, toast, cheese, butter, egg, pancake, waffle, cookie, biscuit, pie, croissant, bagel, muffin, chocolate, candy, ice cream, salad, soup, pasta, noodles, rice, sushi, " +
    "steak, chicken, fish, meat, bacon, sausage, fries, taco, burrito, fruit, vegetable, jar, can, glass, jug, pitcher, saucer, napkin, spatula, whisk, cutting board, toaster oven, " +
    "camera, radio, speaker, headphones, tablet, microphone, lamp shade, calculator, stapler, globe, trophy, medal, doll, toy, block, lego, puzzle, dice, chess board, " +
    "pillow, cushion, blanket, towel, soap, sponge, brush, comb, razor, lipstick, perfume, bell, hammer, screwdriver, wrench, saw, axe, shovel, rake, broom, mop, bone, " +
    "butterfly, bee, ladybug, spider, ant, snail, worm, caterpillar, beetle, dragonfly, fly, mosquito, crab, lobster, starfish, jellyfish, " +
    "goldfish, shoe, boot, sandal, slipper, sock, package, gift, present, parcel, treasure, diamond, crystal, crown, sign, flag, skull, mousepad, mouse pad, food, snack, meal, pills, phone booth, book end",
  /** Held in a hand. */
  hand:
    "guitar, violin, trumpet, flute, saxophone, drumstick, sword, spear, bow, arrow, shield, wand, stick, cane, torch, flashlight, lollipop, ice cream cone, " +
    "balloon animal, fishing rod, whip, rifle, gun, paintbrush, microphone, bag, shopping bag, briefcase, leash, cigarette, pipe, fan, popcorn, racket bag, selfie stick, golf club, hockey stick, banjo, accordion, harp, cello",
  /** Worn. */
  worn:
    "hat, cap, helmet, crown, scarf, glasses, sunglasses, goggles, mask, jacket, coat, raincoat, shirt, t shirt, sweater, hoodie, dress, skirt, suit, jeans, pants, trousers, " +
    "shorts, uniform, costume, cape, necklace, bracelet, earring, watch, belt, glove, mitten, collar, apron, vest, wig, bikini, swimsuit, wetsuit, kimono, robe, pajamas, beanie, top hat, bow, ribbon, headband, crown",
  /** Hangs on a wall or is part of it. */
  wall:
    "window, door, painting, mirror, poster, curtain, blackboard, whiteboard, chalkboard, calendar, picture frame, photo frame, chandelier, ceiling fan, shelf, thermostat, " +
    "light switch, outlet, wreath, light bulb, lightbulb, wire, power line, clothesline",
  /** In or on water. */
  water:
    "whale, shark, dolphin, octopus, squid, seal, walrus, sea lion, submarine, island, buoy, pier, dock, water lily, lily pad, coral, seaweed, swordfish, orca, sailboard",
} as const;
export type NounKind = keyof typeof NOUN_KINDS;

const KIND_OF = new Map<string, NounKind>();
for (const kind of Object.keys(NOUN_KINDS) as NounKind[])
  for (const noun of NOUN_KINDS[kind].split(", ")) if (!KIND_OF.has(noun)) KIND_OF.set(noun, kind);

/** All nouns of the lists, singular. */
export function listedNouns(): Iterable<string> {
  return KIND_OF.keys();
}

/** Kind of a noun by the lists, by its whole or its last word. */
export function kindOf(noun: string): NounKind | undefined {
  return KIND_OF.get(noun) ?? KIND_OF.get(noun.slice(noun.lastIndexOf(" ") + 1));
}

/** Where a scene is: a place, not a thing with a box. */
export const PLACES =
  "beach, seaside, sea, ocean, shore, coast, seashore, lake, river, pond, stream, bay, harbor, harbour, marina, swimming pool, water, wave, waves, street, city street, road, roadside, highway, alley, driveway, " +
  "sidewalk, pavement, crosswalk, intersection, parking lot, car park, city, town, village, downtown, park, field, meadow, pasture, farm, farmyard, countryside, forest, woods, jungle, " +
  "desert, savanna, savannah, snow, sky, air, garden, yard, backyard, front yard, lawn, playground, skatepark, skate park, zoo, grass, tall grass, sand, dirt, mud, ground, floor, hillside, slope, ski slope, mountains, valley, " +
  "kitchen, bathroom, restroom, bedroom, living room, dining room, hotel room, waiting room, room, hotel, office, home, hallway, basement, attic, garage, classroom, school, library, museum, hospital, " +
  "restaurant, cafe, bar, pub, diner, shop, store, supermarket, market, mall, bakery, gym, stadium, arena, court, tennis court, basketball court, baseball field, soccer field, pitch, rink, airport, runway, tarmac, " +
  "station, train station, bus station, bus stop, bus terminal, train yard, train platform, platform, railway, rails, train track, track, tracks, barn yard, barnyard, corral, area, grassy area, cross walk, plaza, square, town square, campsite, orchard, vineyard, ranch, jetty, outdoors, indoors, outside, inside, " +
  "background, foreground, night sky, landscape, bike path, bike lane, bus lane, studio, laboratory, theater, theatre, church yard, cemetery, space, outer space, scene";

export const TIMES =
  "night, nighttime, day, daytime, daylight, morning, afternoon, evening, sunset, sunrise, dusk, dawn, noon, midnight, winter, summer, autumn, spring, christmas, halloween, easter";
export const WEATHERS =
  "rain, rainy, raining, snowing, snowy, sunny, sunshine, cloudy, fog, foggy, mist, misty, storm, stormy, thunderstorm, wind, windy, overcast, snowstorm, blizzard, hail";
