/** `scenograph poses` and `scenograph looks`: what else an object of a scene might be, with thumbnails. @module */
import { writeFile } from "node:fs/promises";
import { UserError } from "@scenograph/graph/errors";
import { Command } from "commander";
import { grid } from "../draw/draw.ts";
import { maskToBitmap } from "../formats/rle.ts";
import { modelCategories } from "../model/load.node.ts";
import type { Model } from "../model/model.ts";
import type { Sentence } from "../pipeline.ts";
import { isLabelled, type Mask, type Picture, type Scene } from "../scene/scene.ts";
import { readScene } from "./generate.ts";
import { addModelOptions, type ModelFlags, wholeNumber } from "./options.ts";
import { withSession } from "./session.ts";

interface Flags extends ModelFlags {
  readonly object: string;
  readonly count: number;
  readonly out?: string;
  readonly json?: true;
}

/** Side of a thumbnail in pixels. */
const THUMBNAIL = 128;

/** A pose or look of an object, ready to be shown. */
interface Choice {
  readonly code: number;
  readonly share: number;
  readonly colour?: string;
  readonly picture: Picture;
}

function codesCommand(
  name: "poses" | "looks",
  what: string,
  choices: (model: Model, scene: Scene, sentence: Sentence, flags: Flags) => Promise<Choice[]>,
): Command {
  const field = name === "poses" ? "pose" : "look";
  const command = new Command(name)
    .description(`the likeliest ${name} of an object of a scene: ${what}`)
    .argument("<scene>", `a scene.json${name === "looks" ? " with masks" : ""}, or a picture made by Scenograph`)
    .requiredOption("--object <id>", "the object's id")
    .option("-n, --count <n>", "how many", wholeNumber("-n", 1, 64), 8)
    .option("-o, --out <file>", "thumbnails side by side, a PNG file");
  return addModelOptions(command)
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      `
Set "${field}" of the object to the number that you like and infer again ${name === "poses" ? "from the masks" : "the picture"}; a locked object keeps it.

Examples:
  scenograph generate "a man and a dog in a park" --out park
  scenograph ${name} park/a-man-and-a-dog-in-a-park-0.png --object o1 --out ${name}.png`,
    )
    .action(async (file: string, flags: Flags) => {
      const scene = await readScene(file, await modelCategories(flags.model), `${name}: cannot read`);
      if (!scene.objects.some((o) => o.id === flags.object)) {
        const known = scene.objects.map((o) => o.id).join(", ");
        throw new UserError(
          `${name}: --object is an id of the scene (${known || "it has none"}), got "${flags.object}"`,
        );
      }
      await withSession(flags, ["text", name === "poses" ? "masks" : "image"], async ({ model }) => {
        const [sentence] = await model.stages.text.encode([scene.caption]);
        const found = await choices(model, scene, sentence, flags);
        if (flags.out) {
          const pictures = found.map((c) => c.picture);
          await writeFile(flags.out, await grid(pictures, pictures.length));
        }
        for (const { code, share, colour } of found)
          console.log(
            flags.json
              ? JSON.stringify({ [field]: code, share, ...(colour && { colour }) })
              : `${field} ${String(code).padStart(4)}   ${share.toFixed(3)}${colour ? `   ${colour}` : ""}`,
          );
      });
    });
}

export function posesCommand(): Command {
  return codesCommand("poses", "silhouettes, with their probabilities", async (model, scene, sentence, flags) => {
    if (!model.stages.poses) throw lacking(model, "pose");
    const objects = scene.objects.filter(isLabelled);
    const found = await model.stages.poses({ objects, seed: scene.seed, sentence }, flags.object, flags.count);
    const { box } = scene.objects.find((o) => o.id === flags.object)!;
    const aspect = (box[2] * scene.width) / (box[3] * scene.height);
    return found.map(({ pose, share, mask }) => ({ code: pose, share, picture: silhouette(mask, box, aspect) }));
  });
}

export function looksCommand(): Command {
  return codesCommand("looks", "appearances, with their probabilities", async (model, scene, sentence, flags) => {
    if (!model.stages.looks) throw lacking(model, "look");
    const found = await model.stages.looks({ scene, sentence }, flags.object, flags.count, THUMBNAIL);
    if (found.length === 0)
      throw new UserError("looks: the object has a mask, got one without; infer the masks first (generate --to masks)");
    return found.map(({ look, share, colour, picture }) => ({ code: look, share, colour, picture }));
  });
}

function lacking({ info }: Model, what: string): UserError {
  return new UserError(`model ${info.name} has no ${what} codes; choose a model that was trained with them`);
}

/** A mask inside its box, dark on light, in the box's proportions. */
function silhouette(mask: Mask, [x, y, w, h]: Scene["objects"][number]["box"], aspect: number): Picture {
  const bitmap = maskToBitmap(mask);
  const data = new Uint8Array(THUMBNAIL * THUMBNAIL * 3).fill(244);
  const [across, down] = aspect > 1 ? [1, 1 / aspect] : [aspect, 1];
  for (let j = 0; j < THUMBNAIL; j++)
    for (let i = 0; i < THUMBNAIL; i++) {
      const u = ((i + 0.5) / THUMBNAIL - (1 - across) / 2) / across;
      const v = ((j + 0.5) / THUMBNAIL - (1 - down) / 2) / down;
      if (u < 0 || v < 0 || u >= 1 || v >= 1) continue;
      const column = Math.min(mask.width - 1, Math.floor((x + u * w) * mask.width));
      const row = Math.min(mask.height - 1, Math.floor((y + v * h) * mask.height));
      if (bitmap[row * mask.width + column]) data.fill(40, (j * THUMBNAIL + i) * 3, (j * THUMBNAIL + i) * 3 + 3);
    }
  return { width: THUMBNAIL, height: THUMBNAIL, data };
}
