/**
 * What other data sets call COCO's categories (Pascal VOC, ImageNet VID, Open Images, LVIS, Objects365, Cityscapes, older copies of
 * COCO), for hints: a class of another set is not taken for COCO's by itself, since the sets draw their lines elsewhere.
 * @module
 */
import { classIndex } from "./categories.ts";

const ALIASES: Readonly<Record<string, string>> = {
  aeroplane: "airplane",
  plane: "airplane",
  aircraft: "airplane",
  motorbike: "motorcycle",
  bike: "bicycle",
  cycle: "bicycle",
  automobile: "car",
  auto: "car",
  taxi: "car",
  van: "car",
  "car (automobile)": "car",
  lorry: "truck",
  "bus (vehicle)": "bus",
  "train (railroad vehicle)": "train",
  ship: "boat",
  pedestrian: "person",
  human: "person",
  people: "person",
  man: "person",
  woman: "person",
  boy: "person",
  girl: "person",
  child: "person",
  baby: "person",
  rider: "person",
  sofa: "couch",
  settee: "couch",
  "sofa bed": "couch",
  television: "tv",
  "television set": "tv",
  tvmonitor: "tv",
  monitor: "tv",
  "computer monitor": "tv",
  screen: "tv",
  "monitor/tv": "tv",
  diningtable: "dining table",
  table: "dining table",
  desk: "dining table",
  "kitchen & dining room table": "dining table",
  pottedplant: "potted plant",
  houseplant: "potted plant",
  "flower pot": "potted plant",
  plant: "potted plant",
  cellphone: "cell phone",
  "cellular telephone": "cell phone",
  "mobile phone": "cell phone",
  phone: "cell phone",
  smartphone: "cell phone",
  "remote control": "remote",
  "computer mouse": "mouse",
  "mouse (computer equipment)": "mouse",
  "computer keyboard": "keyboard",
  "laptop computer": "laptop",
  notebook: "laptop",
  "microwave oven": "microwave",
  fridge: "refrigerator",
  doughnut: "donut",
  hotdog: "hot dog",
  hairdryer: "hair drier",
  "hair dryer": "hair drier",
  hairdrier: "hair drier",
  teddy: "teddy bear",
  luggage: "suitcase",
  purse: "handbag",
  "hand bag": "handbag",
  rucksack: "backpack",
  necktie: "tie",
  "flying disc": "frisbee",
  ski: "skis",
  ball: "sports ball",
  football: "sports ball",
  "tennis ball": "sports ball",
  "tennis racquet": "tennis racket",
  racket: "tennis racket",
  "baseball mitt": "baseball glove",
  wineglass: "wine glass",
  mug: "cup",
  "coffee cup": "cup",
  stopsign: "stop sign",
  "traffic signal": "traffic light",
  "traffic lights": "traffic light",
  trafficlight: "traffic light",
  hydrant: "fire hydrant",
  fireplug: "fire hydrant",
  cattle: "cow",
  bull: "cow",
  lamb: "sheep",
  puppy: "dog",
  kitten: "cat",
  pony: "horse",
  "polar bear": "bear",
  "brown bear": "bear",
  washbasin: "sink",
  "wall clock": "clock",
  "alarm clock": "clock",
  burger: "sandwich",
  hamburger: "sandwich",
  "orange (fruit)": "orange",
  "boat/ship": "boat",
};

/** COCO's name for a class of another set ("sofa" -> "couch"); undefined when we know none. */
export function otherSetsName(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replace(/[_\s-]+/g, " ")
    .trim();
  const candidates = [plain, plain.replace(/\s*\(.*\)$/, ""), plain.replace(/s$/, "")];
  for (const candidate of candidates) {
    const found = ALIASES[candidate];
    if (found !== undefined) return found;
    if (classIndex(candidate) >= 0) return candidate;
  }
  return undefined;
}
