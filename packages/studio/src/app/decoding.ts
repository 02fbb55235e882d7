/** Pictures of files as pixels. @module */
import type { Picture, Scene } from "scenograph/scene/scene";

/** Sides of a picture by another program are at most this many pixels. */
const MOST_PIXELS = 1024;

/** Pixels of an imported PNG, where its size is the scene's; without a scene whatever its size, made smaller where it is large. */
export async function decodePicture(file: Blob, scene: Scene | undefined): Promise<Picture | undefined> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => undefined);
  if (!bitmap || (scene && (bitmap.width !== scene.width || bitmap.height !== scene.height))) return undefined;
  const scale = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((v) => (scene ? v : Math.max(1, Math.round(v * scale))));
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[i * 3 + c] = rgba[i * 4 + c];
  return { width, height, data };
}
