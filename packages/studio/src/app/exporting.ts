/** Files for the user to take away. @module */
import { UserError } from "@scenograph/graph/errors";
import { maskToBitmap, resizeMask } from "scenograph/formats/rle";
import { sceneToCoco } from "scenograph/scene/coco";
import { nameOf } from "scenograph/scene/ops";
import { sceneToPng } from "scenograph/scene/png";
import type { Picture, Scene } from "scenograph/scene/scene";
import type { ExportKind } from "../model/actions/index.ts";
import { SCENE_IN_ZIP } from "../model/importing.ts";
import { zip } from "../model/zip.ts";
import { rgba } from "./pixels.ts";

export interface ExportFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** @throws UserError where the document has no such thing yet */
export async function exportFile(kind: ExportKind, scene: Scene, picture?: Picture): Promise<ExportFile> {
  const name = `${slug(scene.caption)}-${scene.seed}`;
  switch (kind) {
    case "png": {
      if (!picture) throw new UserError("export: there is no picture yet; infer one first");
      return { name: `${name}.png`, type: "image/png", bytes: sceneToPng(await pngOf(picture), scene) };
    }
    case "scene":
      return jsonFile(`${name}.scene.json`, scene);
    case "coco":
      return jsonFile(`${name}.coco.json`, sceneToCoco(scene, `${name}.png`));
    case "masks": {
      const files = new Map<string, Uint8Array>();
      for (const [i, o] of scene.objects.entries())
        if (o.mask) files.set(`${String(i + 1).padStart(2, "0")}-${slug(nameOf(o))}.png`, await maskPng(scene, o.mask));
      if (files.size === 0) throw new UserError("export: no object has a mask yet; infer masks first");
      files.set(SCENE_IN_ZIP, new TextEncoder().encode(JSON.stringify(scene)));
      return { name: `${name}.masks.zip`, type: "application/zip", bytes: zip(files) };
    }
    case "panels": {
      const { drawPanels } = await import("./drawing.ts");
      return {
        name: `${name}.panels.png`,
        type: "image/png",
        bytes: sceneToPng(await drawPanels(scene, picture), scene),
      };
    }
  }
}

function jsonFile(name: string, value: unknown): ExportFile {
  return { name, type: "application/json", bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

/** Lower-case words joined by "-", at most 40 characters; "scene" when nothing is left. */
export function slug(text: string): string {
  const words = text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return words.slice(0, 40).replace(/-+$/, "") || "scene";
}

/** The picture scaled to so many pixels along its longer side, smoothly. */
export function pictureBlob(picture: Picture, size: number): Promise<Blob> {
  const own = new OffscreenCanvas(picture.width, picture.height);
  (own.getContext("2d") as OffscreenCanvasRenderingContext2D).putImageData(rgba(picture), 0, 0);
  const scale = size / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width, picture.height].map((v) => Math.round(v * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  context.drawImage(own, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/png" });
}

async function pngOf(picture: Picture): Promise<Uint8Array> {
  return pngOfPixels(rgba(picture));
}

/** White on black, at the picture's size. */
function maskPng({ width, height }: Scene, mask: NonNullable<Scene["objects"][number]["mask"]>): Promise<Uint8Array> {
  const bitmap = maskToBitmap(resizeMask(mask, width, height, "nearest"));
  const data = new Uint8Array(width * height * 3);
  bitmap.forEach((on, i) => {
    data.fill(on ? 255 : 0, i * 3, i * 3 + 3);
  });
  return pngOf({ width, height, data });
}

async function pngOfPixels(pixels: ImageData): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  (canvas.getContext("2d") as OffscreenCanvasRenderingContext2D).putImageData(pixels, 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}
