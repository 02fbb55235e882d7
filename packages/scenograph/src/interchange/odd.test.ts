import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Scene, SceneObject } from "../scene/scene.ts";
import { validatePrompt } from "./drive/comfyNodes.fixture.ts";
import { exportedText, exportScene, FORMATS, importScene } from "./index.ts";
import { ellipse, masked, offCentre, ramp } from "./scene.fixture.ts";

const writers = FORMATS.filter((f) => f.write).map((f) => f.name);
const FILES = { checkpoints: ["v1-5-pruned-emaonly.safetensors"], gligen: ["gligen_sd14_textbox_pruned.safetensors"] };

const ODD = `"quoted" 'so' \\ back\\ {brace} ]]> <b>&amp; 🐈‍⬛ é \u202e x\u0000y\r\nBREAK AND (weight:1.4) [low] Background prompt: none; =1+1\ud800`;

const scenes: Record<string, Scene> = {
  "odd words": {
    ...masked,
    caption: ODD,
    objects: masked.objects.map((o, i) => ({ ...o, id: `"<${i}>`, phrase: `${ODD} ${i}` })),
  },
  "10,000 characters": {
    ...masked,
    objects: masked.objects.map((o) => ({ ...o, phrase: "a red couch ".repeat(833) })),
  },
  "no objects": { ...offCentre, objects: [] },
  "boxes over the edge": {
    ...offCentre,
    objects: boxes([-0.2, -0.3, 0.5, 0.5], [0.9, 0.9, 0.5, 0.5], [0.999, 0, 0.0005, 1]),
  },
  "masks of one pixel": {
    ...offCentre,
    objects: offCentre.objects.map((o) => ({ ...o, mask: { width: 64, height: 64, counts: [2000, 1, 2095] } })),
  },
  "empty masks": {
    ...offCentre,
    objects: offCentre.objects.map((o) => ({ ...o, mask: { width: 64, height: 64, counts: [4096] } })),
  },
  "the same words twice, hidden and locked": {
    ...masked,
    objects: [
      ...masked.objects,
      { ...masked.objects[1], id: "o4", hidden: true },
      { ...masked.objects[1], id: "o5", locked: true },
    ],
  },
  "an empty caption": { ...masked, caption: "" },
  "24 things, with and without a category, locked and not": {
    ...masked,
    objects: Array.from({ length: 24 }, (_, i) => {
      const thing = masked.objects[i % 3];
      const box = [(i % 6) / 6, Math.floor(i / 6) / 4, 0.15, 0.2] as const;
      return { ...thing, id: `o${i + 1}`, box, mask: ellipse(box, 80, 40), ...(i % 2 === 0 && { locked: true }) };
    }),
  },
};

function boxes(...list: SceneObject["box"][]): SceneObject[] {
  return list.map((box, i) => ({ id: `o${i + 1}`, label: "cat", box }));
}

describe.each(Object.keys(scenes))("%s", (kind) => {
  test.each(writers)("%s", async (format) => {
    const scene = scenes[kind];
    const { files } = await exportScene(scene, format, { width: 256, height: 128, name: ODD, picture: ramp(64, 32) });
    for (const { name, mime, bytes } of files) {
      expect(name).toMatch(/^[\p{L}\p{N}.-]{1,120}$/u);
      if (mime === "image/png") expect(await sharp(bytes).metadata()).toMatchObject({ width: 256, height: 128 });
      if (mime === "application/json") JSON.parse(new TextDecoder().decode(bytes));
      if (format === "svg") expect((await sharp(bytes).metadata()).width).toBe(256);
    }
    if (files.length === 0) expect([format, scene.objects.length]).toEqual(["cutouts", 0]);
    else if (format.startsWith("comfyui-") && !format.startsWith("comfyui-boxes")) {
      const input = files.slice(1).map((f) => f.name);
      expect(validatePrompt(JSON.parse(new TextDecoder().decode(files[0].bytes)), { ...FILES, input })).toEqual({
        nodeErrors: {},
      });
    }
  });

  test.each(["ideogram", "gligen", "omost", "lmd", "layoutgpt", "labelme", "comfyui-boxes", "csv", "scene"])(
    "%s is read back",
    async (format) => {
      const scene = scenes[kind];
      const text = exportedText(await exportScene(scene, format, { width: 256, height: 128 }));
      const empty = scene.objects.length === 0;
      if (empty && format === "comfyui-boxes") return;
      const back = importScene(text, format, { width: 256, height: 128 });
      const visible = scene.objects.filter((o) => !o.hidden || ["labelme", "csv", "scene"].includes(format));
      expect(back.scene.objects.length).toBe(visible.length);
      if (kind === "odd words" && ["ideogram", "gligen", "omost", "labelme", "comfyui-boxes"].includes(format))
        expect(back.scene.objects[0].phrase).toMatch(
          /^"quoted" 'so' \\ back\\ \{brace\} \]\]> <b>&amp; 🐈‍⬛ é .*BREAK AND \(weight:1\.4\)/u,
        );
    },
  );
});

test("what the formats' own readers would misread is taken out of the words", async () => {
  const scene = scenes["odd words"];
  const lmd = exportedText(await exportScene(scene, "lmd"));
  expect(lmd.match(/Background prompt:/g)).toHaveLength(1);
  const regions = exportedText(await exportScene(scene, "regional-prompter"));
  expect(regions.match(/BREAK/g)).toHaveLength(2);
  expect(regions).toContain("\\(weight:1.4\\)");
  const workflow = JSON.parse(exportedText(await exportScene(scene, "comfyui-area")));
  expect(workflow["2"].inputs.text).toContain("\\(weight:1.4\\)");
  const svg = exportedText(await exportScene(scene, "svg"));
  expect(svg.includes("<b>") || svg.includes("\0")).toBe(false);
  expect(
    exportedText(
      await exportScene({ ...offCentre, objects: [{ ...offCentre.objects[0], label: null, phrase: "=cmd" }] }, "csv"),
    ),
  ).toContain(",'=cmd,");
});

test("the sentence's own words stand for things that have none, one thing each", async () => {
  const objects = boxes([0, 0, 0.2, 0.2], [0.3, 0, 0.2, 0.2], [0.6, 0, 0.2, 0.2]);
  const said = async (caption: string, labels: string[]) => {
    const scene: Scene = {
      ...offCentre,
      caption,
      objects: objects.slice(0, labels.length).map((o, i) => ({ ...o, label: labels[i] })),
    };
    return JSON.parse(exportedText(await exportScene(scene, "gligen"))).phrases;
  };
  expect(await said("a black cat on a red couch", ["couch", "cat", "dog"])).toEqual([
    "a red couch",
    "a black cat",
    "a dog",
  ]);
  expect(await said("two red buses and an old bus", ["bus", "bus", "bus"])).toEqual([
    "a red bus",
    "a red bus",
    "an old bus",
  ]);
});

test("sides: one keeps the aspect, multiples are told, nonsense refused", async () => {
  const sized = async (options: object, format = "comfyui-area") => {
    const { files, notes } = await exportScene(offCentre, format, options);
    const { inputs } = Object.values(JSON.parse(new TextDecoder().decode(files[0].bytes))).find(
      (n) => (n as { class_type: string }).class_type === "EmptyLatentImage",
    ) as { inputs: object };
    return [inputs, notes];
  };
  expect(await sized({})).toEqual([{ width: 512, height: 256, batch_size: 1 }, []]);
  expect((await sized({ width: 640 }))[0]).toEqual({ width: 640, height: 320, batch_size: 1 });
  expect(await sized({ width: 500, height: 300 })).toEqual([
    { width: 504, height: 304, batch_size: 1 },
    ["sides are multiples of 8, 16 at least: 504 x 304"],
  ]);
  expect((await sized({ width: 8, height: 8 }))[0]).toEqual({ width: 16, height: 16, batch_size: 1 });
  for (const width of [0, -5, 7, 5000, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(exportScene(offCentre, "svg", { width })).rejects.toThrow(/a side has 8 to 4096 pixels/);
});

test.each([
  [192, 128, 512, 344],
  [72, 128, 288, 512],
])("a scene of %i x %i with 512 as its longer side", async (width, height, wide, high) => {
  const scene = { ...offCentre, width, height };
  const side = width > height ? { width: 512 } : { height: 512 };
  const written = async (format: string) => (await exportScene(scene, format, side)).files;
  for (const format of ["controlnet-ade20k", "regional-prompter"])
    expect(await sharp((await written(format)).at(-1)?.bytes).metadata(), format).toMatchObject({
      width: wide,
      height: high,
    });
  expect(JSON.parse(new TextDecoder().decode((await written("diffusers"))[0].bytes))).toMatchObject({
    width: wide,
    height: high,
  });
  const { imageWidth, imageHeight } = JSON.parse(new TextDecoder().decode((await written("labelme"))[0].bytes));
  expect(imageWidth / imageHeight).toBeCloseTo(width / height, 2);
});
