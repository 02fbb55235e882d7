/** What is printed of a scene that was drawn, as JSON and for people. @module */
import { wordsOf } from "../ours/text/coco.ts";
import { type Categories, COCO } from "../scene/categories.ts";
import { nameOf } from "../scene/ops.ts";
import type { Scene } from "../scene/scene.ts";
import { understand } from "../understand/understand.ts";
import type { StageTimes } from "./session.ts";
import type { WrittenFiles } from "./session-files.ts";

type Shown = Pick<Scene, "caption" | "seed" | "model" | "objects">;

export function jsonOf(scene: Shown, files: WrittenFiles, ms: StageTimes, categories: Categories = COCO) {
  const rounded = Object.fromEntries(Object.entries(ms).map(([k, v]) => [k, Math.round(v * 100) / 100]));
  return {
    ...files,
    model: scene.model,
    seed: scene.seed,
    understood: understand(scene.caption, wordsOf(categories)),
    objects: scene.objects.map(({ id, label, box }) => ({ id, label, box })),
    ms: rounded,
  };
}

export function textOf(scene: Shown, files: WrittenFiles): string {
  const counts = new Map<string, number>();
  for (const o of scene.objects) counts.set(nameOf(o), (counts.get(nameOf(o)) ?? 0) + 1);
  const list = [...counts].map(([label, n]) => (n > 1 ? `${n} x ${label}` : label)).join(", ");
  const lines = [
    `"${scene.caption}" (seed ${scene.seed}): ${list || "no objects"}`,
    ...[files.image, files.panels, files.scene, files.coco].flatMap((f) => (f ? [`  ${f}`] : [])),
  ];
  return `${lines.join("\n")}\n`;
}
