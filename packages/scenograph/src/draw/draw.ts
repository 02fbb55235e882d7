/**
 * Drawings for people: the four panels of a scene, overlays of boxes and masks, grids of pictures. Vector drawing by
 * resvg with the bundled font alone, so that every machine draws the same. A class has one colour everywhere.
 * @module
 */
import { Resvg } from "@resvg/resvg-js";
import { ConfigError } from "@scenograph/graph/errors";
import { classColor, inkOn } from "../scene/colors.ts";
import { contourPath, maskContours } from "../scene/contours.ts";
import { nameOf, paintOrder } from "../scene/ops.ts";
import type { Picture, Scene, SceneObject } from "../scene/scene.ts";
import { FONT, fontFiles, textWidth, type Weight, wrapText } from "./font.ts";
import { encodePng, resizePicture } from "./picture.ts";

export { decodePicture, encodePng } from "./picture.ts";

const INK = "#1f2328";
const QUIET = "#6e7681";
const PAPER = "#f6f7f8";
const LINE = "#d8dde2";

interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/**
 * Sentence | boxes | masks | picture, side by side with labels: a PNG file, drawn at `scale` pixels a unit (default 2,
 * about 2900 pixels wide). Hidden objects are dashed among the boxes and left out of the masks. Without a picture the
 * last panel is left away, without masks the last two.
 */
export async function drawPanels(
  scene: Scene,
  picture?: Picture,
  options: { scale?: number } = {},
): Promise<Uint8Array> {
  const scale = options.scale ?? 2;
  const ratio = scene.width / scene.height;
  const w = Math.round(Math.max(200, Math.min(440, 320 * Math.sqrt(ratio))));
  const h = Math.round(Math.max(120, Math.min(640, w / ratio)));
  const visible = scene.objects.filter((o) => !o.hidden);
  const panels: { title: string; body: (area: Area) => string | Promise<string> }[] = [
    { title: "Sentence", body: (area) => sentenceBody(scene, area) },
    { title: "Boxes", body: (area) => card(area) + objectsBody(scene.objects, area, { boxes: true, labels: true }) },
  ];
  if (visible.some((o) => o.mask) || picture)
    panels.push({
      title: "Masks",
      body: (area) => card(area) + objectsBody(visible, area, { masks: true, labels: true }),
    });
  if (picture) panels.push({ title: "Picture", body: (area) => pictureBody(picture, area, scale) });

  const [margin, gap, top] = [28, 36, 56];
  const height = top + h + margin;
  const width = 2 * margin + panels.length * w + (panels.length - 1) * gap;
  const parts = await Promise.all(
    panels.map(async ({ title, body }, i) => {
      const area = { x: margin + i * (w + gap), y: top, w, h };
      const arrow = i > 0 ? arrowAt(area.x - gap / 2, top + h / 2) : "";
      return `${arrow}${line(title, area.x, top - 16, 15, 600, INK)}${await body(area)}`;
    }),
  );
  return render(parts.join(""), width, height, scale, "#ffffff");
}

export interface OverlayOptions {
  readonly boxes?: boolean;
  readonly masks?: boolean;
  readonly labels?: boolean;
  /** Pixels of the drawing a pixel of the picture; default: the longer side becomes at least 640. */
  readonly scale?: number;
}

/** Boxes, masks and labels over a picture, or over blank paper of a size: a PNG file. */
export async function drawOverlay(
  base: Picture | { readonly width: number; readonly height: number },
  objects: readonly SceneObject[],
  options: OverlayOptions,
): Promise<Uint8Array> {
  const scale = options.scale ?? Math.max(1, Math.ceil(640 / Math.max(base.width, base.height)));
  const [w, h] = [Math.round(base.width * scale), Math.round(base.height * scale)];
  const area = { x: 0, y: 0, w, h };
  const below = "data" in base ? await imageAt(await resizePicture(base, w, h), area) : rectangle(area, PAPER);
  return render(below + objectsBody(objects, area, { ...options, over: "data" in base }), w, h, 1, "#ffffff");
}

export interface GridOptions {
  /** Drawn below the pictures, one each, in at most two lines. */
  readonly labels?: readonly string[];
  /** Whole factor by which pictures are enlarged, pixel for pixel; default: to at least 160 wide with labels, else 1. */
  readonly scale?: number;
}

/** Pictures of any sizes in rows of `columns`, on white: a PNG file. */
export async function grid(
  pictures: readonly Picture[],
  columns: number,
  options: GridOptions = {},
): Promise<Uint8Array> {
  if (pictures.length === 0 || !Number.isInteger(columns) || columns < 1)
    throw new ConfigError(
      `grid(): at least one picture and one column are needed, got ${pictures.length} in ${columns}`,
    );
  const { labels } = options;
  const widest = Math.max(...pictures.map((p) => p.width));
  const scale = options.scale ?? (labels ? Math.max(1, Math.ceil(160 / widest)) : 1);
  const w = widest * scale;
  const h = Math.max(...pictures.map((p) => p.height)) * scale;
  const gap = labels ? 12 : 2;
  const caption = labels ? 38 : 0;
  const used = Math.min(columns, pictures.length);
  const rows = Math.ceil(pictures.length / columns);
  const parts = await Promise.all(
    pictures.map(async (picture, i) => {
      const [x, y] = [gap + (i % columns) * (w + gap), gap + Math.floor(i / columns) * (h + caption + gap)];
      const area = { x, y, w: picture.width * scale, h: picture.height * scale };
      const text = wrapText(labels?.[i] ?? "", w, 12, 400, 2);
      const large = await resizePicture(picture, area.w, area.h, "nearest");
      return (await imageAt(large, area)) + text.map((t, k) => line(t, x, y + h + 15 + 15 * k, 12, 400, INK)).join("");
    }),
  );
  return render(parts.join(""), gap + used * (w + gap), gap + rows * (h + caption + gap), 1, "#ffffff");
}

function sentenceBody(scene: Scene, area: Area): string {
  const inner = area.w - 40;
  const foot = [`seed ${scene.seed}`, ...(scene.model ? [scene.model] : [])].join("  ·  ");
  const room = area.h - 76;
  const caption = scene.caption.trim() === "" ? "no sentence" : `“${scene.caption.trim()}”`;
  const sizes = [30, 27, 24, 21, 18, 16, 14];
  const size = sizes.find((s) => wrapText(caption, inner, s, 600).length * s * 1.3 <= room) ?? 14;
  const step = size * 1.3;
  const lines = wrapText(caption, inner, size, 600, Math.max(1, Math.floor(room / step)));
  const first = area.y + 20 + (room - lines.length * step) / 2 + size;
  return (
    card(area) +
    lines.map((t, i) => line(t, area.x + 20, first + i * step, size, 600, INK)).join("") +
    line(wrapText(foot, inner, 13, 400, 1)[0], area.x + 20, area.y + area.h - 20, 13, 400, QUIET)
  );
}

async function pictureBody(picture: Picture, area: Area, scale: number): Promise<string> {
  const large = await resizePicture(picture, Math.round(area.w * scale), Math.round(area.h * scale));
  return clipped(await imageAt(large, area), area);
}

/** Masks below boxes below labels, clipped to the area; larger objects first, as far as only boxes are drawn. */
function objectsBody(
  objects: readonly SceneObject[],
  area: Area,
  options: OverlayOptions & { over?: boolean },
): string {
  const unit = Math.max(area.w, area.h) / (options.over === undefined ? 320 : 480);
  const named = options.labels ? placeTags(objects, area, unit, options.masks === true && !options.boxes) : [];
  const out: string[] = [];
  if (options.masks)
    for (const o of objects) {
      if (!o.mask) continue;
      const path = contourPath(maskContours(o.mask), area.w, area.h);
      const color = classColor(o.label);
      out.push(
        `<path d="${path}" transform="translate(${area.x} ${area.y})" fill="${color}" fill-opacity="${options.over ? 0.5 : 0.92}" fill-rule="evenodd" stroke="${options.over ? color : "#ffffff"}" stroke-width="${1.5 * unit}" stroke-linejoin="round"/>`,
      );
    }
  if (options.boxes)
    for (const o of paintOrder(objects)) {
      const color = classColor(o.label);
      const b = boxArea(o, area);
      const dash = o.hidden ? ` stroke-dasharray="${5 * unit} ${4 * unit}"` : "";
      const fill = options.over || options.masks ? 0 : 0.14;
      // The line lies inside the box, so that boxes at the border show whole.
      const inset = 1.25 * unit;
      const shape = `x="${f(b.x + inset)}" y="${f(b.y + inset)}" width="${f(Math.max(1, b.w - 2 * inset))}" height="${f(Math.max(1, b.h - 2 * inset))}" rx="${f(2.5 * unit)}"`;
      if (options.over)
        out.push(`<rect ${shape} fill="none" stroke="#ffffff" stroke-opacity="0.7" stroke-width="${f(4.5 * unit)}"/>`);
      out.push(
        `<rect ${shape} fill="${color}" fill-opacity="${o.hidden ? 0 : fill}" stroke="${color}" stroke-width="${f(2.5 * unit)}"${dash}/>`,
      );
    }
  return clipped(out.join("") + named.map(drawTag).join(""), area);
}

interface Tag {
  readonly label: string;
  readonly size: number;
  readonly spot: Area;
}

/**
 * A name tag for each object, where it covers other tags and small boxes least. A tag that finds no free spot beside
 * others of its class is left out; the colour says what the object is.
 */
function placeTags(objects: readonly SceneObject[], area: Area, unit: number, onMasks: boolean): Tag[] {
  const size = (objects.length > 8 ? 10.5 : 12.5) * unit;
  const tags: Tag[] = [];
  const boxes = objects.map((o) => boxArea(o, area));
  for (const o of paintOrder(objects)) {
    const b = boxArea(o, area);
    const [w, h] = [textWidth(nameOf(o), size, 600) + 10 * unit, size * 1.5];
    const [left, right, center] = [b.x, b.x + b.w - w, b.x + (b.w - w) / 2];
    const [above, below, middle] = [b.y - h, b.y + b.h, b.y + (b.h - h) / 2];
    const [top, bottom] = [b.y, b.y + b.h - h];
    const inside = [top, bottom, middle].flatMap((y) => [left, right, center].map((x) => [x, y]));
    const outside = [above, below].flatMap((y) => [left, right, center].map((x) => [x, y]));
    const beside = [b.x - w, b.x + b.w].flatMap((x) => [top, bottom, middle].map((y) => [x, y]));
    const roomy = !onMasks && w <= b.w && 2 * h <= b.h;
    const candidates = roomy ? [...inside, ...outside, ...beside] : [...outside, ...beside, ...inside];
    let best: Area | undefined;
    let least = Number.POSITIVE_INFINITY;
    candidates.forEach(([x0, y0], rank) => {
      const spot = {
        x: Math.max(area.x, Math.min(area.x + area.w - w, x0)),
        y: Math.max(area.y, Math.min(area.y + area.h - h, y0)),
        w,
        h,
      };
      const onTags = tags.reduce((sum, t) => sum + overlap(t.spot, spot), 0);
      // Share of a box that the tag would hide: much for a small box, hardly anything for a large one.
      const onBoxes = boxes.reduce((sum, box) => sum + overlap(box, spot) / Math.max(1, box.w * box.h), 0);
      const pushed = Math.abs(spot.x - x0) + Math.abs(spot.y - y0);
      const cost = (20 * onTags) / (w * h) + 4 * onBoxes + pushed / h + rank * 0.04;
      if (cost < least) [best, least] = [spot, cost];
    });
    if (!best) continue;
    const spot = best;
    const crowded = tags.reduce((sum, t) => sum + overlap(t.spot, spot), 0) > 0.2 * w * h;
    const label = nameOf(o);
    if (!crowded || !tags.some((t) => t.label === label)) tags.push({ label, size, spot });
  }
  return tags;
}

function drawTag({ label, size, spot }: Tag): string {
  const color = classColor(label);
  return (
    rectangle(spot, color, size * 0.24) +
    line(label, spot.x + (spot.w - textWidth(label, size, 600)) / 2, spot.y + spot.h * 0.71, size, 600, inkOn(color))
  );
}

function boxArea({ box: [x, y, w, h] }: SceneObject, area: Area): Area {
  return { x: area.x + x * area.w, y: area.y + y * area.h, w: w * area.w, h: h * area.h };
}

function overlap(a: Area, b: Area): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

function card(area: Area): string {
  const { x, y, w, h } = area;
  return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="8" fill="${PAPER}" stroke="${LINE}"/>`;
}

function rectangle({ x, y, w, h }: Area, fill: string, radius = 0): string {
  return `<rect x="${f(x)}" y="${f(y)}" width="${f(w)}" height="${f(h)}" rx="${f(radius)}" fill="${fill}"/>`;
}

function clipped(body: string, area: Area): string {
  const id = `c${area.x}`;
  return `<clipPath id="${id}"><rect x="${area.x}" y="${area.y}" width="${area.w}" height="${area.h}" rx="8"/></clipPath><g clip-path="url(#${id})">${body}</g>`;
}

function arrowAt(x: number, y: number): string {
  return `<path d="M${x - 8} ${y}H${x + 7}M${x + 2} ${y - 5}L${x + 7} ${y}L${x + 2} ${y + 5}" fill="none" stroke="${QUIET}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function line(text: string, x: number, y: number, size: number, weight: Weight, fill: string): string {
  return `<text x="${f(x)}" y="${f(y)}" font-family="${FONT}" font-size="${f(size)}" font-weight="${weight}" fill="${fill}" xml:space="preserve">${escapeXml(text)}</text>`;
}

async function imageAt(picture: Picture, { x, y, w, h }: Area): Promise<string> {
  const data = Buffer.from(await encodePng(picture, 1)).toString("base64");
  return `<image x="${x}" y="${y}" width="${w}" height="${h}" preserveAspectRatio="none" href="data:image/png;base64,${data}"/>`;
}

/** Captions are anybody's text: markup is escaped, and what XML cannot hold becomes a replacement character. */
function escapeXml(text: string): string {
  return text.replace(/[\p{Cs}\p{Cc}\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function f(v: number): string {
  return String(Math.round(v * 100) / 100);
}

function render(body: string, width: number, height: number, scale: number, background: string): Uint8Array {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  const drawing = new Resvg(svg, {
    background,
    fitTo: { mode: "zoom", value: scale },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT },
  });
  return new Uint8Array(drawing.render().asPng());
}
