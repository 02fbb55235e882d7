/**
 * Everything that is wrong with a COCO folder, in one pass, with file and id.
 * @module
 */
import path from "node:path";
import type { Categories } from "scenograph/scene/categories";
import { judgeObject } from "scenograph/scene/cocoObjects";
import type { ImageRecord, ObjectRecord, OnProblem, Problem } from "scenograph/scene/cocoRecords";
import { listSplits, parseSplits, readCaptionsSplit, readSplit, type SplitRecords } from "./coco-folder.ts";
import { judgePictures } from "./coco-verify.ts";
import { dataCategories } from "./dataCategories.ts";
import { pictureFinder } from "./picture-finder.ts";

export interface CheckReport {
  readonly dir: string;
  readonly splits: readonly string[];
  /** No errors; there may be warnings. */
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly counts: {
    readonly images: number;
    /** Picture files that were found; undefined when the folder has no images/. */
    readonly pictures?: number;
    /** Boxes, crowd regions included. */
    readonly boxes: number;
    readonly crowd: number;
    readonly masks: number;
    readonly captions: number;
    readonly imagesWithoutBoxes: number;
    readonly imagesWithoutCaptions: number;
    /** Images of which every object that is no crowd region has a mask (and that have objects). */
    readonly imagesWithAllMasks: number;
  };
  /** By category name, those that occur; crowd regions are not counted. */
  readonly categories: Readonly<Record<string, { images: number; boxes: number; masks: number }>>;
  /** File by file, in file order. */
  readonly problems: readonly Problem[];
}

export interface CheckOptions {
  /** Decode every picture. Default true; false looks only whether it is there. */
  readonly pictures?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Check one split or several joined by commas; a split with captions alone is checked too.
 * @throws UserError when the folder or a split is not there. All else is in the report.
 */
export async function checkCoco(dir: string, split: string, options: CheckOptions = {}): Promise<CheckReport> {
  const splits = parseSplits(split);
  const available = await listSplits(dir);
  const vocabulary = await dataCategories(dir, split);
  const problems: Problem[] = [];
  const report: OnProblem = (problem) => problems.push(problem);
  const read: SplitRecords[] = [];
  for (const name of splits) {
    const captionsOnly = !available.instances.includes(name) && available.captions.includes(name);
    const records = captionsOnly
      ? await readCaptionsSplit(dir, name, report)
      : await readSplit(dir, name, report, vocabulary);
    checkRecords(records, report);
    read.push(records);
  }
  const pictures = await checkPictures(dir, read, options, report);
  const errors = problems.filter((p) => p.severity === "error").length;
  const warnings = problems.length - errors;
  const { counts, categories } = count(read, vocabulary);
  return { dir, splits, ok: errors === 0, errors, warnings, counts: { ...counts, pictures }, categories, problems };
}

/** Objects and captions against their images. */
function checkRecords(records: SplitRecords, report: OnProblem): void {
  const { instancesFile, captionsFile, captionsBorrowed } = records;
  const images = new Map(records.images.map((i) => [i.id, i]));
  // with a broken or imageless file everything would be an orphan: one problem is enough
  if (images.size === 0) return;
  for (const object of records.objects) {
    const image = images.get(object.imageId);
    if (image) checkObject(object, image, instancesFile!, report);
    else report(orphan(instancesFile!, object.id, object.imageId));
  }
  if (!captionsFile || records.captions.length === 0) return;
  const captioned = new Set<number>();
  for (const { id, imageId } of records.captions) {
    captioned.add(imageId);
    if (!images.has(imageId) && !captionsBorrowed) report(orphan(captionsFile, id, imageId));
  }
  for (const { id } of records.images)
    if (!captioned.has(id))
      report({
        kind: "no-captions",
        severity: "warning",
        file: captionsFile,
        id,
        message: `image ${id} has no caption`,
      });
}

function orphan(file: string, id: number, imageId: number): Problem {
  const message = `annotation ${id} belongs to image ${imageId}, which is not in the list of images`;
  return { kind: "missing-image-record", severity: "error", file, id, message };
}

function checkObject(object: ObjectRecord, image: ImageRecord, file: string, report: OnProblem): void {
  const { id } = object;
  for (const { kind, severity, message } of judgeObject(object, image, true).mistakes)
    report({ kind, severity, file, id, message: `annotation ${id} of image ${image.id}: ${message}` });
}

/** Each picture file once, however many splits name it. Returns how many there are. */
async function checkPictures(
  dir: string,
  read: readonly SplitRecords[],
  options: CheckOptions,
  report: OnProblem,
): Promise<number | undefined> {
  const finder = await pictureFinder(
    dir,
    read.map((r) => r.split),
  );
  if (!finder) return undefined;
  const found = new Map<string, ImageRecord>();
  for (const { split, images, instancesFile, captionsFile } of read) {
    for (const image of images) {
      const file = finder.find(image, split);
      if (file) {
        if (!found.has(file)) found.set(file, image);
        continue;
      }
      // captions alone need no pixels
      if (!instancesFile) continue;
      const name = image.fileName ? `images/${image.fileName}` : (instancesFile ?? captionsFile ?? "");
      const message = image.fileName ? `image ${image.id}: ${finder.why(image)}` : `image ${image.id} has no file_name`;
      report({ kind: "missing-picture", severity: "error", file: name, id: image.id, message });
    }
  }
  const files = [...found];
  if (options.pictures === false) return files.length;
  const verdicts = await judgePictures(files, options.onProgress, options.signal);
  for (const [i, [file, image]] of files.entries()) {
    const relative = path.relative(dir, file).split(path.sep).join("/");
    for (const mistake of verdicts[i]) report({ ...mistake, file: relative, id: image.id });
  }
  return files.length;
}

function count(read: readonly SplitRecords[], vocabulary: Categories): Pick<CheckReport, "counts" | "categories"> {
  const categories = vocabulary.categories.map(() => ({ images: new Set<string>(), boxes: 0, masks: 0 }));
  const counts = { images: 0, boxes: 0, crowd: 0, masks: 0, captions: 0 };
  let [withBoxes, withCaptions, complete] = [0, 0, 0];
  for (const { split, images, objects, captions, captionsBorrowed } of read) {
    const ids = new Set(images.map((i) => i.id));
    const own = captionsBorrowed ? captions.filter((c) => ids.has(c.imageId)) : captions;
    const [boxed, incomplete] = [new Set<number>(), new Set<number>()];
    counts.images += images.length;
    counts.boxes += objects.length;
    counts.captions += own.length;
    for (const { imageId, classIndex, crowd, segmentation } of objects) {
      if (crowd) counts.crowd++;
      else {
        boxed.add(imageId);
        const category = categories[classIndex];
        category.boxes++;
        category.images.add(`${split}/${imageId}`);
        if (segmentation) {
          category.masks++;
          counts.masks++;
        } else incomplete.add(imageId);
      }
    }
    const captioned = new Set(own.map((c) => c.imageId));
    for (const id of ids) {
      withBoxes += Number(boxed.has(id));
      withCaptions += Number(captioned.has(id));
      complete += Number(boxed.has(id) && !incomplete.has(id));
    }
  }
  return {
    counts: {
      ...counts,
      imagesWithoutBoxes: counts.images - withBoxes,
      imagesWithoutCaptions: counts.images - withCaptions,
      imagesWithAllMasks: complete,
    },
    categories: Object.fromEntries(
      categories.flatMap(({ images, boxes, masks }, i) =>
        boxes > 0 ? [[vocabulary.nameOf(i), { images: images.size, boxes, masks }]] : [],
      ),
    ),
  };
}
