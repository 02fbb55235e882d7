/** What variations vary, and the document that each begins with. @module */
import { nextSeed } from "./actions/infer.ts";
import type { Job } from "./stages.ts";
import type { Doc, Vary } from "./state.ts";
import { understood } from "./understood.ts";
import { categories } from "./vocabulary.ts";
import { places, settingOf } from "./wording.ts";

export interface Attempt {
  readonly doc: Doc;
  readonly job: Job;
}

/** Attempts without end, or as many as there are places: the caller takes those that differ. */
export function* attempts(doc: Doc, vary: Vary): Generator<Attempt> {
  if (vary === "places") {
    const now = settingOf(doc.scene.caption).place;
    for (const { kind, caption } of places(understood(doc.scene.caption, categories())))
      if (kind !== now)
        yield { doc: { ...doc, scene: { ...doc.scene, caption } }, job: { from: "image", to: "image" } };
    return;
  }
  let { seed } = doc.scene;
  for (;;) {
    seed = nextSeed(seed);
    const varied = { ...doc, scene: { ...doc.scene, seed } };
    if (vary === "scenes") yield { doc: varied, job: { from: "boxes", to: "image" } };
    else if (vary === "layouts") yield { doc: varied, job: { from: "boxes", to: "boxes" } };
    else if (vary === "poses") yield { doc: varied, job: { from: "masks", to: "image", fresh: true } };
    else yield { doc: varied, job: { from: "image", to: "image" } };
  }
}

/** What tells two variations of a kind apart. */
export function signature({ scene }: Doc, vary: Vary): string {
  const { objects, caption } = scene;
  const boxes = () => objects.map((o) => [o.label, ...o.box.map((v) => v.toFixed(2))]);
  const poses = () => objects.map((o) => o.pose ?? o.mask?.counts);
  switch (vary) {
    case "places":
      return caption;
    case "layouts":
      return JSON.stringify(boxes());
    case "poses":
      return JSON.stringify(poses());
    case "looks":
      return JSON.stringify(objects.map((o) => [o.look, o.colour]));
    case "scenes":
      return JSON.stringify([boxes(), poses()]);
  }
}
