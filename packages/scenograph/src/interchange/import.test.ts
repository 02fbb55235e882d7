import { FormatError, UserError } from "@scenograph/graph/errors";
import { describe, expect, test } from "vitest";
import type { Scene } from "../scene/scene.ts";
import { exportedText, exportScene, importScene, type Order } from "./index.ts";
import { offCentre } from "./scene.fixture.ts";
import { segmentationPixels } from "./segmentation.ts";

/** The layout as a picture: which class is where. Off-centre and not square: an order of coordinates that is wrong shows. */
function pictured(scene: Scene): string {
  const { data } = segmentationPixels({ ...scene, caption: "" }, "ade20k", { width: 320, height: 160 }, []);
  let out = "";
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < 40; x++) {
      const at = ((y * 16 + 8) * 320 + x * 8 + 4) * 3;
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      out += { "0,0,0": ".", "11,102,255": "S", "255,0,122": "A", "224,255,8": "L" }[colour] ?? "?";
    }
    out += "\n";
  }
  return out;
}

/** The couch (S) low right of the middle, the cat (A) high left, the lamp (L) right at the top. */
const PICTURE = `................................LLLL....
................................LLLL....
....AAAAAAAAAAAA................LLLL....
....AAAAAAAAAAAA................LLLL....
....AAAAAAAAAAAA................LLLL....
....AAAAAAAAAAAA........................
....................SSSSSSSSSS..........
....................SSSSSSSSSS..........
........................................
........................................
`;

describe("round trips: what was written comes back where it was", () => {
  test.each([
    ["ideogram", {}, 0.0006],
    ["comfyui-boxes", { width: 1024, height: 512 }, 0.001],
    ["comfyui-boxes-kj", { width: 1024, height: 512 }, 0.001],
    ["gligen", {}, 1e-4],
    ["diffusers", {}, 1e-4],
    ["omost", {}, 0.006],
    ["lmd", {}, 0.001],
    ["layoutgpt", {}, 0.009],
    ["labelme", {}, 1e-4],
    ["csv", {}, 0.003],
    ["scene", {}, 0],
  ] as const)("%s", async (format, canvas, tolerance) => {
    const text = exportedText(await exportScene(offCentre, format, { width: 1024, height: 512 }));
    const reader = format === "comfyui-boxes-kj" ? "comfyui-boxes" : format;
    for (const from of [reader, undefined]) {
      const { scene, format: read } = importScene(text, from, canvas);
      expect(read).toBe(reader);
      scene.objects.forEach((o, i) => {
        for (let k = 0; k < 4; k++)
          expect(Math.abs(o.box[k] - offCentre.objects[i].box[k]), `${o.phrase} ${k}`).toBeLessThanOrEqual(
            2 * tolerance,
          );
      });
      if (format === "comfyui-boxes-kj") continue;
      expect(scene.objects.map((o) => o.label)).toEqual(["couch", "cat", null]);
      expect(scene.objects.map((o) => o.phrase)).toEqual(["a red couch", "a cat", "a lamp"]);
      expect(pictured(scene)).toBe(PICTURE);
    }
  });

  test("coco, whose labels are categories alone", async () => {
    const exported = await exportScene(offCentre, "coco", { width: 1024, height: 512 });
    expect(exported.notes.join()).toMatch(/COCO has categories alone, left out: "a lamp"/);
    const { scene, format } = importScene(exportedText(exported));
    expect(format).toBe("coco");
    expect(pictured(scene)).toBe(PICTURE.replaceAll("L", "."));
  });

  test("a picture with its scene inside", async () => {
    const { files } = await exportScene(offCentre, "scene-png", { width: 400, height: 200 });
    const { scene, format, notes } = importScene(files[0].bytes);
    expect({ format, notes }).toEqual({ format: "scene-png", notes: [] });
    expect(scene).toEqual(offCentre);
  });

  test("the picture shows an order of coordinates that is wrong", () => {
    const wrong = {
      ...offCentre,
      objects: offCentre.objects.map((o) => ({ ...o, box: [o.box[1], o.box[0], o.box[3], o.box[2]] as const })),
    };
    expect(pictured(wrong)).not.toBe(PICTURE);
  });
});

describe("the order of bare numbers is asked for, never guessed", () => {
  const boxes: Record<Order, number[]> = {
    xywh: [200, 120, 100, 40],
    xyxy: [200, 120, 300, 160],
    yxyx: [120, 200, 160, 300],
    yxhw: [120, 200, 40, 100],
  };
  test.each(Object.keys(boxes) as Order[])("%s", (order) => {
    const text = JSON.stringify([{ label: "couch", bbox: boxes[order] }]);
    expect(() => importScene(text)).toThrow(
      /order of a box's four numbers is not told, and is never guessed; for \[\d+, \d+, \d+, \d+\] name --order xywh/,
    );
    expect(() => importScene(text, undefined, { order })).toThrow(
      /does not say of how large a canvas; name it: --canvas/,
    );
    const { scene } = importScene(text, undefined, { order, width: 400, height: 200 });
    expect(scene.objects[0].box).toEqual([0.5, 0.6, 0.25, 0.2]);
    const rows = `couch,${boxes[order].join(",")}\n`;
    expect(() => importScene(rows, "csv", { width: 400, height: 200 })).toThrow(/never guessed/);
    expect(importScene(rows, "csv", { order, width: 400, height: 200 }).scene.objects[0].box).toEqual([
      0.5, 0.6, 0.25, 0.2,
    ]);
  });

  test("an Ideogram caption with x first is read so where that is named", () => {
    const element = { type: "obj", bbox: [500, 600, 750, 800], desc: "a couch" };
    const text = JSON.stringify({ compositional_deconstruction: { background: "", elements: [element] } });
    expect(importScene(text).scene.objects[0].box).toEqual([0.6, 0.5, 0.2, 0.25]);
    expect(importScene(text).notes.join()).toMatch(/read as \[y_min, x_min, y_max, x_max\]/);
    const [couch] = importScene(text, "ideogram", { order: "xyxy" }).scene.objects;
    expect(couch.box.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.5, 0.6, 0.25, 0.2]);
  });

  test("boxes far outside ask for another size, unit or order", () => {
    expect(() =>
      importScene('[{"label": "cat", "bbox": [500, 600, 750, 800]}]', undefined, {
        order: "xyxy",
        width: 100,
        height: 100,
      }),
    ).toThrow(/the box of "cat" lies far outside the canvas .*name the right --canvas, --units or --order/);
  });
});

describe("answers of language models", () => {
  test.each([
    [
      "a fence and prose",
      'Sure! Here it is:\n```json\n{"phrases": ["a dog"], "locations": [[0.1, 0.2, 0.4, 0.6]], "prompt": "x"}\n```\nHope that helps (tell me if not)!',
    ],
    [
      "trailing commas and comments",
      'Layout: {"prompt": "x", "phrases": ["a dog",], // one\n "locations": [[.1, .2, .4, .6],],}',
    ],
    [
      "Python",
      "Answer = {'prompt': 'x', 'phrases': ('a dog',), 'locations': [(0.1, 0.2, 0.4, 0.6)], 'seed': None, 'ok': True}",
    ],
    [
      "brackets in the prose",
      'As said [1] (see {above}): {"prompt": "x", "phrases": ["a dog"], "locations": [[0.1, 0.2, 0.4, 0.6]]} [2]',
    ],
  ])("%s", (_, text) => {
    const { scene, format } = importScene(text);
    expect(format).toBe("gligen");
    expect(scene.objects).toMatchObject([{ label: "dog", phrase: "a dog" }]);
    expect(scene.objects[0].box.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.1, 0.2, 0.3, 0.4]);
  });

  test("numbers as text, keys in another order; of several answers the longest is read, and that is said", () => {
    const draft = '{"elements": [{"bbox": ["1", "2", "3", "4"], "desc": "a cow"}]}';
    const text = `First try:\n\`\`\`json\n${draft}\n\`\`\`\nBetter:\n\`\`\`json\n[{"metadata": {"desc": "a dog", "type": "obj"}, "height": "30", "width": "20", "y": " 20 ", "x": "10"},]\n\`\`\`\n`;
    const { scene, format, notes } = importScene(text, undefined, { width: 100, height: 200 });
    expect(format).toBe("comfyui-boxes");
    expect(scene.objects).toMatchObject([{ label: "dog", phrase: "a dog", box: [0.1, 0.1, 0.2, 0.15] }]);
    expect(notes).toContain("the text holds 2 layouts: the longest was read");
    expect(importScene(text.slice(text.indexOf("Better")), undefined, { width: 100, height: 200 }).notes).toEqual([]);
  });

  test("LMD with text around it, quotes in phrases, and no objects", () => {
    const text = `Caption: x\nObjects: [('a cat\\'s bowl', [51, 102, 154, 205]), ("a dog", [0, 0, 512, 256])]\nBackground prompt: A kitchen\nNegative prompt: None\nThanks.`;
    const { scene, format } = importScene(text);
    expect([format, scene.caption]).toEqual(["lmd", "A kitchen"]);
    expect(scene.objects.map((o) => o.phrase)).toEqual(["a cat's bowl", "a dog"]);
    expect(scene.objects[1].box).toEqual([0, 0, 1, 0.5]);
    expect(importScene("Objects: No objects\nBackground prompt: the sea").scene).toMatchObject({
      caption: "the sea",
      objects: [],
    });
  });

  test("the Python that Omost's model writes, read and not run", () => {
    const text = `\`\`\`python
canvas = Canvas()
canvas.set_global_description(description='a dog in a garden', detailed_descriptions=['x'], tags='y', HTML_web_color_name='green')
canvas.add_local_description(location='on the left', offset='slightly to the upper', area='a small vertical area', distance_to_viewer=2.0, description='a dog', detailed_descriptions=['z'], tags='', atmosphere='', style='', quality_meta='', HTML_web_color_name='brown')
canvas.add_local_description("in the center", "no offset", "a large square area", 10.0, "a bench", [], "", "", "", "", "brown")
__import__('os').system('touch /never')
\`\`\``;
    const { scene, format } = importScene(text);
    expect([format, scene.caption]).toEqual(["omost", "a dog in a garden"]);
    // the farthest first; the dog: middle (15, 35), 40 x 60 cells, cut at the edge
    expect(scene.objects.map((o) => o.label)).toEqual(["bench", "dog"]);
    expect(scene.objects[1].box.map((v) => Math.round(v * 90))).toEqual([0, 5, 35, 60]);
    expect(() => importScene(text.replace("a small vertical area", "everywhere at once"))).toThrow(
      /area of an Omost canvas is one of nine/,
    );
  });

  test("tables: names of columns in any order, other separators, quotes", () => {
    const text = 'name;xmin;ymin;xmax;ymax;image width;image height\n"a ""red"" couch; big";200;120;300;160;400;200\n';
    const { scene, format } = importScene(text);
    expect(format).toBe("csv");
    expect(scene.objects).toMatchObject([{ label: "couch", phrase: 'a "red" couch; big' }]);
    expect(scene.objects[0].box).toEqual([0.5, 0.6, 0.25, 0.2]);
    const corners = importScene("label,x1,y1,x2,y2\ncat,40,40,160,120\n", "csv", { width: 400, height: 200 });
    expect(corners.scene.objects[0].box).toEqual([0.1, 0.2, 0.3, 0.4]);
  });
});

test("labels that no category has: the nearest is suggested, the phrase is kept", () => {
  const text = JSON.stringify({
    prompt: "",
    phrases: ["a lamp", "a sofaa", "the kitten"],
    locations: [
      [0, 0, 0.5, 0.5],
      [0, 0, 0.5, 0.5],
      [0, 0, 0.5, 0.5],
    ],
  });
  const { scene, notes } = importScene(text);
  expect(scene.objects.map((o) => [o.label, o.phrase])).toEqual([
    [null, "a lamp"],
    [null, "a sofaa"],
    ["cat", "the kitten"],
  ]);
  expect(notes).toContain('"a sofaa" is no category, the nearest is "couch", as "sofa": kept as a phrase');
  expect(notes).toContain('"a lamp" is no category, the nearest is "sheep", as "lamb": kept as a phrase');
});

test.each([
  ["nothing", ""],
  ["prose alone", "I cannot help with that."],
  ["HTML", "<html><body>404</body></html>"],
  ["a number", "42"],
  ["deep nesting", `${"[".repeat(100_000)}`],
  ["open quotes", `${'{"a": "'.repeat(10_000)}`],
  ["another JSON", '{"hello": "world"}'],
  ["bytes", Uint8Array.of(1, 2, 0, 255)],
  ["no UTF-8", Uint8Array.of(0xff, 0xfe, 0x41)],
])("what is no layout is refused in one line: %s", (_, input) => {
  expect(() => importScene(input)).toThrow(FormatError);
});

test.each([
  ["gligen", '{"phrases": ["a"], "locations": []}', /a box for each phrase, got 1 phrases and 0 boxes/],
  ["comfyui-boxes", "{}", /holds no list of boxes/],
  ["csv", "a,b\n1,2\n", /begins with names of columns/],
  ["csv", 'label,x,y,width,height\n"cat,1,2,3,4\n', /open quote/],
  ["lmd", "hello", /no LMD response/],
  ["omost", "[]", /no Omost canvas/],
  ["labelme", "{}", /no LabelMe file/],
  ["scene-png", Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), /first chunk|damaged/],
  ["ideogram", '{"compositional_deconstruction": {"elements": 3}}', /elements of an Ideogram caption are a list/],
])("%s: what is wrong is said", (format, input, message) => {
  expect(() => importScene(input, format)).toThrow(message);
  expect(() => importScene(input, format)).toThrow(UserError);
});

test.each(["csv", "labelme"])(
  "%s: a category that the file names stays, whatever the words beside it",
  async (format) => {
    const scene = importScene(
      "label,phrase,x,y,width,height,image_width,image_height\ncat,my fluffy pet,80,240,160,120,800,400\n",
      "csv",
    ).scene;
    expect(scene.objects[0]).toMatchObject({ label: "cat", phrase: "my fluffy pet" });
    const [{ bytes }] = (await exportScene(scene, format)).files;
    const { scene: back, notes } = importScene(bytes, format);
    expect(back.objects[0]).toMatchObject({ label: "cat", phrase: "my fluffy pet" });
    expect(notes).toEqual([]);
  },
);

test.each([
  ["a list of words", '{"phrases": ["a dog", "a c', undefined],
  ["a named format", '{"compositional_deconstruction": {"elements": [{"desc": "a cat"', "ideogram"],
  [
    "one whole element before the end",
    '{"compositional_deconstruction": {"elements": [{"type": "obj", "bbox": [100, 200, 300, 400], "desc": "a cat"}, {"type": "obj", "bbox": [1, 2',
    undefined,
  ],
  ["a bracket in words", '[{"x": 1, "y": 1, "width": 2, "height": 2, "label": "a ]"}', "comfyui-boxes"],
])("a JSON that was cut off is refused, never read in part: %s", (_, text, format) => {
  expect(() => importScene(text, format)).toThrow(/the JSON has no end; copy it whole/);
});

test("a scene without things comes back as a list of boxes", async () => {
  const [{ bytes }] = (await exportScene({ ...offCentre, objects: [] }, "comfyui-boxes")).files;
  expect(importScene(bytes, "comfyui-boxes", { width: 800, height: 400 }).scene.objects).toEqual([]);
});
