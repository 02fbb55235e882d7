/**
 * A vocabulary of categories: class index <-> name <-> COCO category id. It is data and belongs to a model; COCO's 80 are
 * one vocabulary among others.
 * @module
 */
import { FormatError, nearest, shown } from "@scenograph/graph/errors";

/** L is at most this. */
export const MOST_CATEGORIES = 2000;
const MOST_CHARACTERS = 64;

export interface Category {
  /** Id in COCO files; any whole number, not contiguous. */
  readonly id: number;
  readonly name: string;
  readonly supercategory?: string;
  /** Other words for it, singular. */
  readonly synonyms?: readonly string[];
  /** Plural of the name where it is irregular. */
  readonly plural?: string;
  /** Words that mean it only beside others: "bat" where "baseball" is said as well. */
  readonly senses?: readonly { readonly words: readonly string[]; readonly near: readonly string[] }[];
}

/** Position in `categories` = class index of every network that was trained with it. */
export class Categories {
  readonly #byName: ReadonlyMap<string, number>;
  readonly #byId: ReadonlyMap<number, number>;

  /**
   * @param except compounds that hold a category's word and name something else: "bus stop"
   * @throws FormatError for none or too many, an empty or long name, names or ids that are taken
   */
  constructor(
    readonly categories: readonly Category[],
    readonly except: readonly string[] = [],
  ) {
    const fail = (rule: string, got: string): never => {
      throw new FormatError(`categories: ${rule}, got ${got}; correct the file's "categories"`);
    };
    if (categories.length === 0 || categories.length > MOST_CATEGORIES)
      fail(`1 to ${MOST_CATEGORIES} of them`, `${categories.length}`);
    const bad = categories.find(({ name }) => name.trim() === "" || name.length > MOST_CHARACTERS);
    if (bad) fail(`names of 1 to ${MOST_CHARACTERS} characters`, shown(bad.name));
    this.#byName = new Map(categories.map((c, i) => [c.name, i]));
    this.#byId = new Map(categories.map((c, i) => [c.id, i]));
    const doubled = categories.find((c, i) => this.#byName.get(c.name) !== i || this.#byId.get(c.id) !== i);
    if (doubled) fail("every name and id once", `${shown(doubled.name)} (id ${doubled.id}) twice`);
  }

  /** L in the paper: the number of object classes. Class index L is the end of the sequence. */
  get count(): number {
    return this.categories.length;
  }

  get names(): string[] {
    return this.categories.map((c) => c.name);
  }

  nameOf(index: number): string {
    return this.categories[index].name;
  }

  /** Class index of a name, or -1; also for null, the label of things that no category names. */
  indexOf(name: string | null): number {
    return name === null ? -1 : (this.#byName.get(name) ?? -1);
  }

  /** Class index of a COCO category id, or -1. */
  indexOfId(id: number): number {
    return this.#byId.get(id) ?? -1;
  }

  /** The name that a sloppy spelling means (" Traffic_Light"), or undefined. */
  spelled(label: string): string | undefined {
    if (this.indexOf(label) >= 0) return label;
    const plain = plainName(label);
    return this.names.find((name) => plainName(name) === plain);
  }

  /** The name that a label most resembles, or undefined where it resembles none. */
  nearest(label: string): string | undefined {
    return nearest(plainName(label), this.names);
  }

  /** "one of the 12 categories of the model", for messages. */
  get described(): string {
    return this === COCO ? "one of the 80 COCO categories" : `one of the model's ${this.count} categories`;
  }

  /** Same names in the same order, so that class indices mean the same. */
  equals(other: Categories): boolean {
    return this.count === other.count && this.categories.every((c, i) => c.name === other.categories[i].name);
  }
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, " ");
}

/** MS-COCO's object categories in id order. */
export const COCO: Categories = new Categories([
  { id: 1, name: "person", supercategory: "person" },
  { id: 2, name: "bicycle", supercategory: "vehicle" },
  { id: 3, name: "car", supercategory: "vehicle" },
  { id: 4, name: "motorcycle", supercategory: "vehicle" },
  { id: 5, name: "airplane", supercategory: "vehicle" },
  { id: 6, name: "bus", supercategory: "vehicle" },
  { id: 7, name: "train", supercategory: "vehicle" },
  { id: 8, name: "truck", supercategory: "vehicle" },
  { id: 9, name: "boat", supercategory: "vehicle" },
  { id: 10, name: "traffic light", supercategory: "outdoor" },
  { id: 11, name: "fire hydrant", supercategory: "outdoor" },
  { id: 13, name: "stop sign", supercategory: "outdoor" },
  { id: 14, name: "parking meter", supercategory: "outdoor" },
  { id: 15, name: "bench", supercategory: "outdoor" },
  { id: 16, name: "bird", supercategory: "animal" },
  { id: 17, name: "cat", supercategory: "animal" },
  { id: 18, name: "dog", supercategory: "animal" },
  { id: 19, name: "horse", supercategory: "animal" },
  { id: 20, name: "sheep", supercategory: "animal" },
  { id: 21, name: "cow", supercategory: "animal" },
  { id: 22, name: "elephant", supercategory: "animal" },
  { id: 23, name: "bear", supercategory: "animal" },
  { id: 24, name: "zebra", supercategory: "animal" },
  { id: 25, name: "giraffe", supercategory: "animal" },
  { id: 27, name: "backpack", supercategory: "accessory" },
  { id: 28, name: "umbrella", supercategory: "accessory" },
  { id: 31, name: "handbag", supercategory: "accessory" },
  { id: 32, name: "tie", supercategory: "accessory" },
  { id: 33, name: "suitcase", supercategory: "accessory" },
  { id: 34, name: "frisbee", supercategory: "sports" },
  { id: 35, name: "skis", supercategory: "sports" },
  { id: 36, name: "snowboard", supercategory: "sports" },
  { id: 37, name: "sports ball", supercategory: "sports" },
  { id: 38, name: "kite", supercategory: "sports" },
  { id: 39, name: "baseball bat", supercategory: "sports" },
  { id: 40, name: "baseball glove", supercategory: "sports" },
  { id: 41, name: "skateboard", supercategory: "sports" },
  { id: 42, name: "surfboard", supercategory: "sports" },
  { id: 43, name: "tennis racket", supercategory: "sports" },
  { id: 44, name: "bottle", supercategory: "kitchen" },
  { id: 46, name: "wine glass", supercategory: "kitchen" },
  { id: 47, name: "cup", supercategory: "kitchen" },
  { id: 48, name: "fork", supercategory: "kitchen" },
  { id: 49, name: "knife", supercategory: "kitchen" },
  { id: 50, name: "spoon", supercategory: "kitchen" },
  { id: 51, name: "bowl", supercategory: "kitchen" },
  { id: 52, name: "banana", supercategory: "food" },
  { id: 53, name: "apple", supercategory: "food" },
  { id: 54, name: "sandwich", supercategory: "food" },
  { id: 55, name: "orange", supercategory: "food" },
  { id: 56, name: "broccoli", supercategory: "food" },
  { id: 57, name: "carrot", supercategory: "food" },
  { id: 58, name: "hot dog", supercategory: "food" },
  { id: 59, name: "pizza", supercategory: "food" },
  { id: 60, name: "donut", supercategory: "food" },
  { id: 61, name: "cake", supercategory: "food" },
  { id: 62, name: "chair", supercategory: "furniture" },
  { id: 63, name: "couch", supercategory: "furniture" },
  { id: 64, name: "potted plant", supercategory: "furniture" },
  { id: 65, name: "bed", supercategory: "furniture" },
  { id: 67, name: "dining table", supercategory: "furniture" },
  { id: 70, name: "toilet", supercategory: "furniture" },
  { id: 72, name: "tv", supercategory: "electronic" },
  { id: 73, name: "laptop", supercategory: "electronic" },
  { id: 74, name: "mouse", supercategory: "electronic" },
  { id: 75, name: "remote", supercategory: "electronic" },
  { id: 76, name: "keyboard", supercategory: "electronic" },
  { id: 77, name: "cell phone", supercategory: "electronic" },
  { id: 78, name: "microwave", supercategory: "appliance" },
  { id: 79, name: "oven", supercategory: "appliance" },
  { id: 80, name: "toaster", supercategory: "appliance" },
  { id: 81, name: "sink", supercategory: "appliance" },
  { id: 82, name: "refrigerator", supercategory: "appliance" },
  { id: 84, name: "book", supercategory: "indoor" },
  { id: 85, name: "clock", supercategory: "indoor" },
  { id: 86, name: "vase", supercategory: "indoor" },
  { id: 87, name: "scissors", supercategory: "indoor" },
  { id: 88, name: "teddy bear", supercategory: "indoor" },
  { id: 89, name: "hair drier", supercategory: "indoor" },
  { id: 90, name: "toothbrush", supercategory: "indoor" },
]);

/** COCO's list. */
export const CATEGORIES = COCO.categories;

/** Class index of one of COCO's names, or -1. */
export function classIndex(name: string | null): number {
  return COCO.indexOf(name);
}
