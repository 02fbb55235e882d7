/** The four panels of a scene as one picture: sentence, boxes, masks, picture. @module */
import { inkOn } from "scenograph/scene/colors";
import { contourPath } from "scenograph/scene/contours";
import { nameOf, paintOrder } from "scenograph/scene/ops";
import type { Picture, Scene, SceneObject } from "scenograph/scene/scene";
import { contoursOf } from "../canvas/contours.ts";
import { colorOf } from "../model/palette.ts";
import { rgba } from "./pixels.ts";

const [SIDE, GAP, TOP, SCALE] = [320, 24, 44, 2];
const FONT = "Figtree, system-ui, sans-serif";

type Context = OffscreenCanvasRenderingContext2D;

/** A PNG file. */
export async function drawPanels(scene: Scene, picture?: Picture): Promise<Uint8Array> {
  const count = 4;
  const [width, height] = [count * SIDE + (count + 1) * GAP, SIDE + TOP + GAP];
  const canvas = new OffscreenCanvas(width * SCALE, height * SCALE);
  const c = canvas.getContext("2d") as Context;
  c.scale(SCALE, SCALE);
  c.fillStyle = "#ffffff";
  c.fillRect(0, 0, width, height);
  const visible = scene.objects.filter((o) => !o.hidden);
  const bodies: [string, () => void][] = [
    ["Sentence", () => drawSentence(c, scene)],
    ["Boxes", () => drawBoxes(c, scene.objects)],
    ["Masks", () => drawMasks(c, visible)],
    ["Picture", () => picture && drawPicture(c, picture)],
  ];
  bodies.forEach(([title, body], i) => {
    c.save();
    c.translate(GAP + i * (SIDE + GAP), TOP);
    c.fillStyle = "#1f2328";
    c.font = `600 15px ${FONT}`;
    c.fillText(title, 0, -12);
    c.beginPath();
    c.roundRect(0, 0, SIDE, SIDE, 8);
    c.clip();
    c.fillStyle = "#f4f5f6";
    c.fillRect(0, 0, SIDE, SIDE);
    body();
    c.restore();
  });
  return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}

function drawSentence(c: Context, scene: Scene): void {
  c.fillStyle = "#1f2328";
  let size = 28;
  let lines = wrapped(c, scene.caption, size);
  while (lines.length * size * 1.3 > SIDE - 90 && size > 10) {
    size -= 2;
    lines = wrapped(c, scene.caption, size);
  }
  const top = (SIDE - 30 - lines.length * size * 1.3) / 2 + size;
  lines.forEach((text, i) => {
    c.fillText(text, 24, top + i * size * 1.3);
  });
  c.font = `400 13px ${FONT}`;
  c.fillStyle = "#5c646d";
  c.fillText([`seed ${scene.seed}`, ...(scene.model ? [scene.model] : [])].join("  ·  "), 24, SIDE - 22);
}

function wrapped(c: Context, text: string, size: number): string[] {
  c.font = `600 ${size}px ${FONT}`;
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && c.measureText(longer).width > SIDE - 48) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === "" ? lines : [...lines, line];
}

function drawBoxes(c: Context, objects: readonly SceneObject[]): void {
  for (const o of paintOrder(objects)) {
    const [x, y, w, h] = o.box.map((v) => v * SIDE);
    c.fillStyle = c.strokeStyle = colorOf(o.label);
    c.lineWidth = 2.5;
    c.setLineDash(o.hidden ? [5, 4] : []);
    c.globalAlpha = o.hidden ? 0 : 0.14;
    c.fillRect(x, y, w, h);
    c.globalAlpha = 1;
    c.strokeRect(x + 1.25, y + 1.25, w - 2.5, h - 2.5);
  }
  c.setLineDash([]);
  for (const o of objects) drawTag(c, o);
}

function drawTag(c: Context, o: SceneObject): void {
  c.font = `600 12px ${FONT}`;
  const width = c.measureText(nameOf(o)).width + 10;
  const x = Math.min(o.box[0] * SIDE, SIDE - width);
  const y = Math.min(o.box[1] * SIDE, SIDE - 19);
  c.fillStyle = colorOf(o.label);
  c.beginPath();
  c.roundRect(x, y, width, 19, 4);
  c.fill();
  c.fillStyle = inkOn(colorOf(o.label));
  c.fillText(nameOf(o), x + 5, y + 13.5);
}

function drawMasks(c: Context, objects: readonly SceneObject[]): void {
  for (const o of objects) {
    if (!o.mask) continue;
    const path = new Path2D(contourPath(contoursOf(o.mask), SIDE, SIDE));
    c.fillStyle = colorOf(o.label);
    c.strokeStyle = "#ffffff";
    c.lineWidth = 1.5;
    c.fill(path, "evenodd");
    c.stroke(path);
  }
}

function drawPicture(c: Context, picture: Picture): void {
  const small = new OffscreenCanvas(picture.width, picture.height);
  (small.getContext("2d") as Context).putImageData(rgba(picture), 0, 0);
  c.imageSmoothingQuality = "high";
  c.drawImage(small, 0, 0, SIDE, SIDE);
}
