/**
 * A scene as SVG 1.1, out: `viewBox` in pixels, origin top left; a group named "background" with the picture or paper, then a group
 * a thing in drawing order, named by `id`, `<title>` and Inkscape's layer label, with its outline. With a picture each group holds
 * its piece of it, clipped by the outline, so that it can be moved.
 * @module
 */
import { writePng } from "../formats/pngWrite.ts";
import { maskArea } from "../formats/rle.ts";
import { classColor } from "../scene/colors.ts";
import { contourPath } from "../scene/contours.ts";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { corners, sizeOf } from "./geometry.ts";
import { outlinesOf } from "./outline.ts";
import type { ExportOptions, Format, Size } from "./types.ts";
import { captionOf, escapeXml, phraseOf, rgbOf } from "./words.ts";

async function write(scene: Scene, options: ExportOptions, notes: string[]): Promise<string> {
  const { picture } = options;
  const own = picture ? { ...scene, width: picture.width, height: picture.height } : scene;
  const size = sizeOf(own, options, {}, notes);
  const { width, height } = size;
  const image = picture && (await writePng({ ...picture, channels: 3 }));
  const groups = scene.objects.map((o, i) => group(o, i + 1, size, image !== undefined));
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ` <title>${escapeXml(captionOf(scene))}</title>`,
    ...(image ? [` <defs>${picturePiece(image, size)}</defs>`] : []),
    ' <g id="background" inkscape:groupmode="layer" inkscape:label="background"><title>background</title>',
    image ? '  <use xlink:href="#picture"/>' : `  <rect width="${width}" height="${height}" fill="#eeeeea"/>`,
    " </g>",
    ...groups,
    "</svg>",
  ].join("\n")}\n`;
}

function picturePiece(png: Uint8Array, { width, height }: Size): string {
  return `<image id="picture" width="${width}" height="${height}" preserveAspectRatio="none" xlink:href="data:image/png;base64,${base64(png)}"/>`;
}

function group(o: SceneObject, n: number, size: Size, pictured: boolean): string {
  const name = escapeXml(phraseOf(o));
  const path = outline(o, size);
  const colour = rgbOf(o.colour) ? o.colour : classColor(o.label ?? "");
  const flags = `${o.hidden ? ' display="none"' : ""}${o.locked ? ' sodipodi:insensitive="true" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"' : ""}`;
  return [
    ` <g id="thing-${n}" data-id="${escapeXml(o.id)}" data-label="${escapeXml(o.label ?? "")}" inkscape:groupmode="layer" inkscape:label="${name}"${flags}><title>${name}</title>`,
    ...(pictured
      ? [
          `  <clipPath id="clip-${n}"><path clip-rule="evenodd" d="${path}"/></clipPath>`,
          `  <g clip-path="url(#clip-${n})"><use xlink:href="#picture"/></g>`,
          `  <path fill="none" stroke="${colour}" stroke-width="${stroke(size)}" d="${path}"/>`,
        ]
      : [
          `  <path fill="${colour}" fill-opacity="0.75" fill-rule="evenodd" stroke="${colour}" stroke-width="${stroke(size)}" d="${path}"/>`,
        ]),
    " </g>",
  ].join("\n");
}

function stroke({ width, height }: Size): number {
  return Math.max(0.5, Math.round(Math.max(width, height) / 100) / 4);
}

/** The mask's outline, else the box. */
function outline({ mask, box }: SceneObject, { width, height }: Size): string {
  if (mask && maskArea(mask) > 0) return contourPath(outlinesOf(mask, { width, height }), 1, 1);
  const [x0, y0, x1, y1] = corners(box).map((v, i) => Math.round(v * (i % 2 ? height : width) * 10) / 10);
  return `M${x0} ${y0}H${x1}V${y1}H${x0}Z`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

export const svg: Format = {
  name: "svg",
  title: "SVG, a named group a thing",
  extension: "svg",
  mime: "image/svg+xml",
  binary: false,
  wants: "masks",
  use: "open it in Inkscape, Illustrator or a browser",
  write,
};
