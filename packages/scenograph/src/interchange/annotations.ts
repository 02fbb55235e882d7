/**
 * Formats of data sets and our own, out and in.
 *
 * coco: cocodataset.org "Data format": `bbox: [x, y, width, height]` in pixels, origin top left (scene/coco.ts).
 * labelme: wkentaro/labelme JSON: shapes of points `[[x, y], ...]` in pixels, a "rectangle" by two opposite corners, a
 * "polygon" by its outline. csv: a header and a thing a row, `label,phrase,x,y,width,height,image_width,image_height`, pixels.
 * scene, scene-png: ours, fractions `[x, y, w, h]`, nothing lost.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { isPng } from "../formats/png.ts";
import { writePng } from "../formats/pngWrite.ts";
import { polygonsToMask } from "../formats/polygon.ts";
import { maskArea } from "../formats/rle.ts";
import { cocoToScene, sceneToCoco } from "../scene/coco.ts";
import { sceneFromPng, sceneToPng } from "../scene/png.ts";
import { parseScene, restoreScene } from "../scene/restore.ts";
import type { Scene } from "../scene/scene.ts";
import { type Found, sceneOf } from "./found.ts";
import { askedOrder, boxFrom, canvasOf, corners, pixelBox, sizeOf } from "./geometry.ts";
import { asText, isRecord, textOf } from "./json.ts";
import { layersOf } from "./layers.ts";
import { outlinesOf } from "./outline.ts";
import { resizeTo } from "./raster.ts";
import type { ExportOptions, Format, ImportOptions, Unit } from "./types.ts";
import { fileWord, phraseOf } from "./words.ts";

const json = { extension: "json", mime: "application/json", binary: false, wants: "masks" } as const;

function isCoco(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Array.isArray(value.images) && Array.isArray(value.annotations);
}

export const coco: Format = {
  ...json,
  name: "coco",
  title: "COCO annotations",
  extension: "coco.json",
  use: "pycocotools, detectron2, CVAT, FiftyOne",
  write(scene, options, notes) {
    const size = sizeOf(scene, options, {}, notes);
    const file = `${fileWord(options.name ?? "") || "scene"}.png`;
    const lost = scene.objects.filter((o) => o.label === null).map((o) => JSON.stringify(phraseOf(o).slice(0, 40)));
    if (lost.length > 0)
      notes.push(`COCO has categories alone, left out: ${[...new Set(lost)].slice(0, 8).join(", ")}`);
    return `${JSON.stringify(sceneToCoco({ ...scene, ...size }, file))}\n`;
  },
  read(input, options, notes) {
    const { value } = textOf(input, isCoco, "a COCO file {images, annotations}", notes);
    const scene = cocoToScene(value, { notes });
    return options.caption === undefined ? scene : { ...scene, caption: options.caption };
  },
  detect: ({ values }) => values.some(isCoco),
};

interface LabelmeFile extends Record<string, unknown> {
  readonly shapes: readonly unknown[];
}

function isLabelme(value: unknown): value is LabelmeFile {
  return isRecord(value) && Array.isArray(value.shapes) && ("imageWidth" in value || "imagePath" in value);
}

export const labelme: Format = {
  ...json,
  name: "labelme",
  title: "LabelMe annotations",
  use: "open it beside its picture in labelme or X-AnyLabeling",
  write(scene, options, notes) {
    const size = sizeOf(scene, options, {}, notes);
    const point = (at: readonly [number, number]) => at.map((v) => Math.round(v * 100) / 100);
    const pixels = (x: number, y: number) => point([x * size.width, y * size.height]);
    const shapes = scene.objects.flatMap((o, i) => {
      const facts = { label: o.label ?? phraseOf(o), description: phraseOf(o), group_id: i + 1, flags: {} };
      const [x0, y0, x1, y1] = corners(o.box);
      if (!o.mask || maskArea(o.mask) === 0)
        return [{ ...facts, points: [pixels(x0, y0), pixels(x1, y1)], shape_type: "rectangle" }];
      return outlinesOf(o.mask, size).map((loop) => ({ ...facts, points: loop.map(point), shape_type: "polygon" }));
    });
    if (scene.objects.some((o) => o.mask)) notes.push("holes of masks are polygons like all others there");
    const imagePath = `${fileWord(options.name ?? "") || "scene"}.png`;
    return `${JSON.stringify({ version: "5.5.0", flags: {}, shapes, imagePath, imageData: null, imageHeight: size.height, imageWidth: size.width })}\n`;
  },
  read: readLabelme,
  detect: ({ values }) => values.some(isLabelme),
};

function readLabelme(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const { value } = textOf(input, isLabelme, "a LabelMe file {shapes, imageWidth, imageHeight}", notes);
  const side = (v: unknown) => (typeof v === "number" && v >= 1 && v <= 8192 ? Math.round(v) : undefined);
  const size = canvasOf(
    { width: side(value.imageWidth) ?? options.width, height: side(value.imageHeight) ?? options.height },
    "this file",
  );
  const groups = new Map<string, { words: string; label: string; polygons: number[][]; points: number[][] }>();
  value.shapes.forEach((shape, i) => {
    if (!isRecord(shape) || !Array.isArray(shape.points))
      return void notes.push(`shapes[${i}] has no points: left out`);
    const type = String(shape.shape_type ?? "polygon");
    const points = shape.points.filter(
      (p): p is number[] => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite),
    );
    if (!["polygon", "rectangle"].includes(type) || points.length < 2)
      return void notes.push(`shapes[${i}] is a ${type.slice(0, 20)} of ${points.length} points: left out`);
    const words = String(shape.label ?? "");
    const description = typeof shape.description === "string" && shape.description !== "" ? shape.description : words;
    const key = shape.group_id === null || shape.group_id === undefined ? `shape ${i}` : `${words}\0${shape.group_id}`;
    const group = groups.get(key) ?? { words: description, label: words, polygons: [], points: [] };
    group.points.push(...points);
    if (type === "polygon" && points.length > 2) group.polygons.push(points.flat());
    groups.set(key, group);
  });
  const found = [...groups.values()].map(({ words, label, polygons, points }): Found => {
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const box = boxFrom([left, top, right, bottom], "xyxy", "pixels", size);
    const mask = polygons.length > 0 ? polygonsToMask(polygons, size.width, size.height) : undefined;
    return { words, label, box, ...(mask && maskArea(mask) > 0 && { mask }) };
  });
  return sceneOf(found, { size }, options, notes);
}

const CSV_HEAD = "label,phrase,x,y,width,height,image_width,image_height";

export const csv: Format = {
  name: "csv",
  title: "Table of boxes (CSV)",
  extension: "csv",
  mime: "text/csv",
  binary: false,
  wants: "boxes",
  use: "a spreadsheet, R, pandas",
  write(scene, options, notes) {
    const size = sizeOf(scene, options, {}, notes);
    const rows = scene.objects.map((o) => {
      const { x, y, width, height } = pixelBox(o.box, size);
      return [o.label ?? "", phraseOf(o), x, y, width, height, size.width, size.height].map(csvField).join(",");
    });
    return `${[CSV_HEAD, ...rows].join("\r\n")}\r\n`;
  },
  read: readCsv,
  detect: ({ text, values }) =>
    values.length === 0 &&
    text !== undefined &&
    !/^\s*[[{]/.test(text) &&
    columnsOf(csvRows(text.slice(0, 2000))[0] ?? []) !== undefined,
};

/** RFC 4180; a field that a spreadsheet would run as a formula is quoted as text by a leading apostrophe. */
function csvField(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  const separator = /^[^\n,;\t]*;/.test(text) ? ";" : /^[^\n,;\t]*\t/.test(text) ? "\t" : ",";
  const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, "y");
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new FormatError(`importScene(): row ${rows.length} of the table has an open quote; correct it`);
    rows[rows.length - 1].push((match[1]?.replaceAll('""', '"') ?? match[2] ?? "").trim());
    if (match[3] !== separator && pattern.lastIndex < text.length) rows.push([]);
  }
  return rows.filter((row) => row.some((field) => field !== ""));
}

/** Names that columns have, in lower case without blanks, "_" and "-". */
const CORNER_COLUMNS = [
  ["x0", "xmin", "left", "x1"],
  ["y0", "ymin", "top", "y1"],
  ["x1", "xmax", "right", "x2"],
  ["y1", "ymax", "bottom", "y2"],
];
const SIZE_COLUMNS = [
  ["x", "left", "xmin", "x0"],
  ["y", "top", "ymin", "y0"],
  ["width", "w"],
  ["height", "h"],
];

interface Columns {
  readonly order: "xywh" | "xyxy";
  readonly at: readonly number[];
  readonly label: number;
  readonly phrase: number;
  readonly canvas: readonly [number, number];
}

function columnsOf(head: readonly string[]): Columns | undefined {
  const names = head.map((name) => name.toLowerCase().replace(/[\s_-]+/g, ""));
  const column = (options: readonly string[]) => names.findIndex((name) => options.includes(name));
  const label = column(["label", "category", "class", "name", "object"]);
  const phrase = column(["phrase", "description", "desc", "text"]);
  const canvas = [column(["imagewidth", "canvaswidth"]), column(["imageheight", "canvasheight"])] as const;
  for (const [order, wanted] of [
    ["xywh", SIZE_COLUMNS],
    ["xyxy", CORNER_COLUMNS],
  ] as const) {
    // x1 beside x2 is the near corner, beside x0 the far one
    const at = wanted.map((options) => {
      for (const option of options) {
        const i = names.indexOf(option);
        if (
          i >= 0 &&
          !(option === "x1" && options[0] === "x1" && !names.includes("x0") && names.includes("x2")) &&
          !(option === "y1" && options[0] === "y1" && !names.includes("y0") && names.includes("y2"))
        )
          return i;
      }
      return -1;
    });
    if (at.every((i) => i >= 0) && new Set(at).size === 4 && (label >= 0 || phrase >= 0))
      return { order, at, label, phrase, canvas };
  }
  return undefined;
}

function readCsv(input: string | Uint8Array, options: ImportOptions, notes: string[]): Scene {
  const [head = [], ...rows] = csvRows(asText(input));
  const columns = columnsOf(head) ?? bare(head, options);
  const body = columns.label === 0 && columnsOf(head) === undefined ? [head, ...rows] : rows;
  let size: { width: number; height: number } | undefined;
  const found = body.flatMap((row, i): Found[] => {
    const numbers = columns.at.map((k) => Number(row[k] || Number.NaN));
    const words = row[columns.phrase] || row[columns.label] || "";
    if (!numbers.every(Number.isFinite)) {
      notes.push(`row ${i + 2} of the table has no four numbers: left out`);
      return [];
    }
    const [w, h] = columns.canvas.map((k) => Number(row[k] || Number.NaN));
    if (w >= 1 && h >= 1) size ??= { width: w, height: h };
    const unit: Unit = options.units ?? "pixels";
    const canvas = unit === "pixels" ? canvasOf(size ?? options, "this table") : undefined;
    return [
      {
        words: words.replace(/^'(?=[=+\-@\t])/, ""),
        label: row[columns.label] ?? "",
        box: boxFrom(numbers, options.order ?? columns.order, unit, canvas),
      },
    ];
  });
  return sceneOf(found, size ? { size } : {}, options, notes);
}

/** A table without names of columns: a label and four numbers, whose order is asked for. */
function bare(row: readonly string[], options: ImportOptions): Columns {
  const numbers = row.slice(1, 5).map(Number);
  if (row.length < 5 || !numbers.every(Number.isFinite))
    throw new FormatError(
      `importScene(): a table begins with names of columns like ${CSV_HEAD}, got ${JSON.stringify(row.join(",").slice(0, 60))}; add them`,
    );
  askedOrder(options, numbers);
  return { order: "xywh", at: [1, 2, 3, 4], label: 0, phrase: -1, canvas: [-1, -1] };
}

function isScene(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    Array.isArray(value.objects) &&
    value.objects.every((o) => isRecord(o) && "label" in o) &&
    (value.objects.length > 0 || "caption" in value)
  );
}

export const sceneFormat: Format = {
  ...json,
  name: "scene",
  title: "Scenograph scene",
  extension: "scene.json",
  use: "scenograph generate --scene FILE, and the studio",
  write(scene, options, notes) {
    const asked = options.width !== undefined || options.height !== undefined;
    return `${JSON.stringify(asked ? { ...scene, ...sizeOf(scene, options, {}, notes) } : scene, null, 1)}\n`;
  },
  read(input, { categories }, notes) {
    const text = asText(input);
    // whole files keep their own messages
    if (text.trimStart().startsWith("{")) return parseScene(text, notes, categories);
    const { value } = textOf(text, isScene, "a scene {caption, objects: [{label, box}]}", notes);
    return restoreScene(value, notes, categories);
  },
  detect: ({ values }) => values.some(isScene),
};

export const scenePng: Format = {
  name: "scene-png",
  title: "Picture with its scene inside",
  extension: "png",
  mime: "image/png",
  binary: true,
  wants: "picture",
  use: "any viewer; scenograph and the studio open the scene again",
  async write(scene, options, notes) {
    const { merged } = options.picture ? { merged: await sized(scene, options) } : layersOf(scene, options, notes);
    return sceneToPng(await writePng(merged), { ...scene, width: merged.width, height: merged.height });
  },
  read(input, { categories }, notes) {
    const scene = typeof input === "string" ? undefined : sceneFromPng(input, notes, categories);
    if (!scene) throw new FormatError("importScene(): the picture carries no scene; name a PNG made by Scenograph");
    return scene;
  },
  detect: ({ bytes }) => bytes !== undefined && isPng(bytes),
};

async function sized(scene: Scene, options: ExportOptions) {
  const picture = options.picture as NonNullable<ExportOptions["picture"]>;
  return resizeTo(picture, sizeOf({ ...scene, width: picture.width, height: picture.height }, options));
}
