/**
 * Which file a record's `file_name` means. Tools write it relative to images/, to the folder, to their own server, with either slash,
 * as a URL, in either Unicode form; whatever it is, only files that were listed in the folder are ever opened.
 * @module
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { ImageRecord } from "scenograph/scene/cocoRecords";

/** Folders that hold pictures, by tool: COCO and most, FiftyOne, labelme2coco. */
const ROOTS = ["images", "data", "JPEGImages"];
const PICTURE = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp|jfif)$/i;

export interface PictureFinder {
  /** The file of a picture; undefined where there is none. */
  find(image: Pick<ImageRecord, "fileName">, split: string): string | undefined;
  /** Why there is none: "no such file in images/", or how many have the name. */
  why(image: Pick<ImageRecord, "fileName">): string;
}

/** Lists the folder's pictures once. Undefined when it has no folder of pictures. `splits` are folders, too, where they hold pictures. */
export async function pictureFinder(dir: string, splits: readonly string[] = []): Promise<PictureFinder | undefined> {
  /** Path from its root, NFC -> file. */
  const files = new Map<string, string>();
  /** Last component, NFC -> files. */
  const byName = new Map<string, string[]>();
  const roots: string[] = [];
  for (const root of [...ROOTS, ...splits.filter((s) => !ROOTS.includes(s) && s !== "annotations")]) {
    const entries = await readdir(path.join(dir, root), { recursive: true }).catch(() => undefined);
    if (!entries) continue;
    const isSplit = !ROOTS.includes(root);
    if (isSplit && !entries.some((e) => PICTURE.test(e))) continue;
    roots.push(root);
    for (const entry of entries) {
      const name = entry.split(path.sep).join("/").normalize("NFC");
      const file = path.join(dir, root, entry);
      const key = isSplit ? `${root}/${name}` : name;
      if (!files.has(key)) files.set(key, file);
      const last = name.slice(name.lastIndexOf("/") + 1);
      const same = byName.get(last);
      if (same) same.push(file);
      else byName.set(last, [file]);
    }
  }
  if (roots.length === 0) return undefined;
  return {
    find({ fileName }, split) {
      const parts = partsOf(fileName);
      // the whole name first, then without what stands before: "images/1/a.jpg", "1/a.jpg", "a.jpg"
      for (let i = 0; i < parts.length; i++) {
        const name = parts.slice(i).join("/");
        const file = files.get(name) ?? files.get(`${split}/${name}`);
        if (file !== undefined) return file;
      }
      const same = byName.get(parts.at(-1) ?? "");
      return same?.length === 1 ? same[0] : undefined;
    },
    why({ fileName }) {
      const last = partsOf(fileName).at(-1) ?? "";
      const same = byName.get(last);
      if (same && same.length > 1)
        return `${same.length} files are called ${last}, none of them ${JSON.stringify(fileName)}`;
      const near = [...byName.keys()].find((n) => n.toLowerCase() === last.toLowerCase());
      const hint = near ? `; there is ${JSON.stringify(near)}, which differs in case` : "";
      return `no such file in ${roots.map((r) => `${r}/`).join(", ")}${hint}`;
    },
  };
}

/** The components of a file name as tools write them: either slash, no ".", nothing before "..", no drive or host. */
function partsOf(fileName: string): string[] {
  const plain = /^[a-z][a-z0-9+.-]*:\/\//i.test(fileName) ? urlPath(fileName) : fileName;
  const parts = plain
    .normalize("NFC")
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== ".");
  return parts.slice(parts.lastIndexOf("..") + 1);
}

function urlPath(address: string): string {
  try {
    return decodeURIComponent(new URL(address).pathname);
  } catch {
    return address;
  }
}
