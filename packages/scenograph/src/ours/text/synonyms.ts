/**
 * Which words of a caption name which of the 80 categories. Written for COCO captions: a word is listed when the
 * pictures of captions with it mostly hold the category. Singular forms; regular plurals are made by `categories.ts`.
 * @module
 */

/** Category name -> other words for it, comma-separated, singular. The name itself always counts. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  person:
    "man, men, woman, women, people, boy, girl, child, children, kid, baby, toddler, infant, lady, guy, " +
    "gentleman, gentlemen, male, female, adult, teen, teenager, youth, dude, someone, somebody, individual, " +
    "pedestrian, crowd, audience, spectator, onlooker, bystander, family, bride, groom, mother, father, mom, dad, " +
    "son, daughter, brother, sister, husband, wife, grandmother, grandfather, friend, tourist, visitor, customer, " +
    "shopper, passenger, worker, employee, student, teacher, chef, waiter, waitress, bartender, farmer, " +
    "fisherman, soldier, officer, policeman, policemen, cop, fireman, firemen, firefighter, businessman, " +
    "businessmen, businesswoman, cowboy, jockey, rider, skier, snowboarder, skateboarder, skater, surfer, " +
    "boarder, swimmer, hiker, cyclist, bicyclist, biker, motorcyclist, player, batter, hitter, catcher, umpire, " +
    "referee, goalie, golfer, athlete, runner, jogger, trainer, musician, artist, performer, baseball pitcher, " +
    "mailman, grandma, grandpa, niece, nephew, snow boarder, skate boarder, wind surfer, windsurfer, kite " +
    "boarder, kiteboarder, parasailer, wakeboarder",
  bicycle: "bike, pushbike, tricycle, bicylce",
  car:
    "automobile, sedan, suv, minivan, taxi, taxi cab, taxicab, police car, sports car, convertible, hatchback, " +
    "limousine",
  motorcycle: "motorbike, motor bike, motor cycle, moped, scooter, motor scooter, dirt bike, dirtbike, harley, vespa",
  airplane:
    "plane, aeroplane, jet, jet plane, jetliner, airliner, jumbo jet, fighter jet, biplane, bi plane, aircraft, " +
    "seaplane, sea plane, passenger jet, air plane, propeller plane, jet airliner",
  bus: "double decker, school bus, tour bus, city bus, trolley bus, minibus, shuttle bus",
  train:
    "locomotive, subway train, steam engine, freight train, passenger train, tram, train car, train engine, " +
    "railcar",
  truck:
    "lorry, pickup, pickup truck, pick up truck, fire truck, firetruck, fire engine, semi truck, tractor trailer, " +
    "dump truck, tow truck, food truck, 18 wheeler, semi trailer",
  boat:
    "ship, sailboat, sail boat, canoe, kayak, yacht, ferry, rowboat, row boat, speedboat, speed boat, gondola, " +
    "motorboat, raft, tugboat, tug boat",
  "traffic light": "traffic signal, stop light, stoplight, street signal, traffic lamp",
  "fire hydrant": "hydrant, firehydrant, fire hydrent",
  "stop sign": "stopsign",
  "parking meter": "parking metre",
  bench: "park bench",
  bird:
    "seagull, sea gull, gull, pigeon, duck, duckling, goose, geese, parrot, parakeet, owl, swan, eagle, sparrow, " +
    "hawk, pelican, penguin, flamingo, ostrich, peacock, heron, egret, crow, raven, hummingbird, rooster, stork, " +
    "vulture, falcon, robin, cockatoo, blue jay, bluejay, finch",
  cat: "kitten, kitty, tabby, siamese, feline",
  dog:
    "puppy, pup, doggy, doggie, canine, poodle, terrier, dachshund, bulldog, pug, corgi, labrador, golden " +
    "retriever, retriever, german shepherd, beagle, chihuahua, dalmatian, husky, hound, sheepdog",
  horse: "pony, colt, foal, stallion, mare, racehorse",
  sheep: "lamb, ewe, ram",
  cow: "cattle, bull, ox, oxen, longhorn, heifer, bovine, dairy cow",
  bear: "polar bear, grizzly, grizzly bear, black bear, brown bear, bear cub, panda, panda bear",
  giraffe: "girafe, giraff",
  backpack: "back pack, rucksack, knapsack, bookbag, book bag",
  umbrella: "parasol, umbella, umberella",
  handbag: "purse, hand bag",
  tie: "necktie, neck tie, bow tie, bowtie",
  suitcase: "luggage, suit case, baggage, luggage bag",
  frisbee: "frisby, frizbee, frisbe, flying disc",
  skis: "pair of skis, snow skis, water skis, ski equipment",
  snowboard: "snow board",
  "sports ball": "soccer ball, tennis ball, beach ball, volley ball, bowling ball, soccerball",
  kite: "parasail",
  "baseball glove": "baseball mitt, catchers mitt, catcher s mitt",
  skateboard: "skate board, longboard, long board",
  surfboard: "surf board, boogie board, body board, bodyboard, paddle board, paddleboard",
  "tennis racket": "tennis racquet, racket, racquet, tennis raquet",
  bottle: "wine bottle, beer bottle, water bottle",
  "wine glass":
    "wineglass, glass of wine, glasses of wine, glass of red wine, glass of white wine, glasses of red wine, " +
    "champagne glass, goblet, wine goblet",
  cup:
    "mug, coffee cup, coffee mug, teacup, tea cup, cup of coffee, glass of water, glass of milk, glass of beer, " +
    "glass of juice, glass of orange juice",
  knife: "knives, butter knife, steak knife",
  banana: "bananna",
  sandwich: "sandwhich, sandwiche, burger, hamburger, cheeseburger, panini, sub sandwich, hoagie, grilled cheese, blt",
  broccoli: "brocolli, broccolli, brocoli",
  "hot dog": "hotdog, chili dog, corn dog, frankfurter, bratwurst",
  pizza: "pizza pie, pepperoni pizza",
  donut: "doughnut, donought",
  cake: "cupcake, cheesecake, birthday cake, wedding cake, chocolate cake, shortcake",
  chair: "armchair, arm chair, recliner, office chair, rocking chair, lawn chair, folding chair, beach chair",
  couch: "sofa, loveseat, love seat, settee, futon, sectional",
  "potted plant":
    "houseplant, house plant, plant in a pot, plants in pots, pot plant, flower pot, flowerpot, potted tree, " +
    "potted flower, plant pot",
  bed: "bunk bed, bunkbed, twin bed, king size bed, queen size bed, canopy bed",
  "dining table": "table, dinner table, dining room table, kitchen table, picnic table, restaurant table",
  toilet: "urinal, commode, toilet bowl, toilet seat, toilet tank",
  tv:
    "television, t v, tv set, television set, flat screen, flatscreen, flat screen tv, flat screen television, tv " +
    "screen, television screen, monitor, computer monitor",
  laptop: "laptop computer, lap top, laptop pc, notebook computer, macbook, mac book, lap top computer",
  mouse: "computer mouse, wireless mouse, computer mice",
  remote:
    "remote control, remote controller, wii remote, wiimote, wii controller, wii mote, game controller, nintendo " +
    "wii controller, nintendo wii remote, video game controller",
  keyboard: "computer keyboard, key board",
  "cell phone": "cellphone, phone, smartphone, smart phone, mobile phone, iphone, cellular phone, cell",
  microwave: "microwave oven",
  oven: "stove, stove top oven, stovetop oven, range oven, stove top, stovetop",
  sink: "wash basin, washbasin, sink basin",
  refrigerator: "fridge, refridgerator, refrigerater, mini fridge",
  book: "textbook, novel",
  clock: "clock tower, alarm clock, clock face, wall clock, grandfather clock",
  scissors: "scissor, pair of scissors, shears",
  "teddy bear":
    "teddy, teddybear, stuffed bear, stuffed teddy bear, stuffed teddy, toy bear, teddie bear, stuffed animal",
  "hair drier": "hair dryer, hairdryer, hairdrier, blow dryer, blowdryer",
  toothbrush: "tooth brush, electric toothbrush",
};

/** Compounds that hold a category's word and name something else; singular forms. */
export const NOT_CATEGORIES =
  "train track, train station, train yard, train stop, train platform, train depot, train crossing, train bridge, " +
  "bus stop, bus station, bus lane, bus shelter, bus terminal, bus depot, car park, car door, car window, car " +
  "seat, car mirror, truck stop, truck bed, boat house, boathouse, boat dock, boat ramp, plane ticket, bike rack, " +
  "bicycle rack, bike path, bike lane, bike trail, bicycle lane, dog house, dog bed, dog bowl, dog park, dog " +
  "food, cat food, cat bed, cat house, bird house, bird feeder, bird bath, bird cage, horse shoe, horse trailer, " +
  "sheep skin, chair lift, bed spread, bed sheet, bed room, table cloth, table top, tennis table, ping pong " +
  "table, pool table, side table, end table, night table, bedside table, table lamp, tennis match, toilet paper, " +
  "toilet brush, toilet lid, sink bowl, cake pan, cake stand, cake plate, pizza box, pizza cutter, pizza oven, " +
  "pizza pan, pizza parlor, pizza place, orange juice, apple computer, apple laptop, apple logo, apple tree, " +
  "apple pie, apple sauce, apple cider, banana tree, banana bread, banana peel, bottle opener, bottle cap, cup " +
  "holder, phone booth, pay phone, cell tower, mobile home, tv stand, tv show, tv dinner, television stand, book " +
  "shelf, book case, book store, piano keyboard, microwave dinner, refrigerator magnet, toaster oven, trolley " +
  "car, railway car, rail car, box car, cable car, street car, apple products, apple device, apple macbook, apple " +
  "brand, sandwich bag, wheel chair, tie dye, tie dyed, rail road tie, railroad " +
  "tie, knife block, knife holder, fork lift, bear statue, snow man, kite string, ski lift, people mover, man " +
  "hole, baby carriage, baby stroller, baby food, donut shop, donut hole, doughnut shop, hot dog stand, sandwich " +
  "shop, umbrella stand, phone number, phone line, phone cord, phone pole, telephone pole, ship yard, couch " +
  "cushion, couch pillow, clock radio, record player, dvd player, cd player, mp3 player, media player, music " +
  "player, video player, jet engine, jet stream, jet ski, jet way, jet black, airplane hangar, bull horn";
