import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Problem, readCaptionRecords, readImages, readObjects } from "./cocoRecords.ts";

const collect = <T>(read: (report: (p: Problem) => void) => T) => {
  const problems: Problem[] = [];
  return { result: read((p) => problems.push(p)), problems };
};

describe("records of any JSON", () => {
  const odd = fc.jsonValue({ maxDepth: 2 });
  const field = fc.oneof(odd, fc.integer({ min: 0, max: 3 }), fc.array(fc.integer(), { maxLength: 8 }));
  const keys = [
    "id",
    "image_id",
    "category_id",
    "bbox",
    "area",
    "iscrowd",
    "segmentation",
    "caption",
    "width",
    "height",
  ];
  const record = fc.record(Object.fromEntries(keys.map((key) => [key, field])), { requiredKeys: [] });
  const list = fc.oneof(odd, fc.array(fc.oneof(odd, record), { maxLength: 4 }));
  const file = fc.record({ images: list, annotations: list, categories: list }, { requiredKeys: [] });

  it("are read or reported, never thrown at, and what is read is whole", () => {
    fc.assert(
      fc.property(fc.oneof(odd, file), (json) => {
        const images = collect((report) => readImages(json, "f", true, report));
        const objects = collect((report) => readObjects(json, "f", report));
        const captions = collect((report) => readCaptionRecords(json, "f", report));
        for (const i of images.result) expect(i.width > 0 && i.height > 0 && Number.isSafeInteger(i.id)).toBe(true);
        for (const o of objects.result) {
          expect(o.bbox).toHaveLength(4);
          expect(o.classIndex >= 0 && o.classIndex < 80).toBe(true);
        }
        for (const c of captions.result) expect(c.caption.trim()).toBe(c.caption);
        for (const p of [...images.problems, ...objects.problems, ...captions.problems]) expect(p.file).toBe("f");
        const count = (key: "images" | "annotations") =>
          Array.isArray((json as never)?.[key]) ? ((json as never)[key] as unknown[]).length : 0;
        // every record is either read or reported
        expect(images.result.length + images.problems.length).toBeGreaterThanOrEqual(count("images"));
        expect(objects.result.length + objects.problems.length).toBeGreaterThanOrEqual(count("annotations"));
        expect(captions.result.length + captions.problems.length).toBeGreaterThanOrEqual(count("annotations"));
      }),
      { numRuns: 300 },
    );
  });
});

describe("readObjects", () => {
  it("tells of categories whose ids and names are nested without end", () => {
    const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    const json = JSON.parse(
      `{"categories":[{"id":${deep},"name":1},{"id":7,"name":${deep}}],"annotations":[{"id":1,"image_id":1,"category_id":9,"bbox":[0,0,1,1]}]}`,
    );
    const problems: Problem[] = [];
    expect(readObjects(json, "f", (p) => problems.push(p))).toEqual([]);
    expect(problems[0].message).toMatch(/the nearest id is 7 \(\[\[/);
  });

  it("keeps runs and polygons as they are, and takes [] and null for no mask", () => {
    const base = { image_id: 1, category_id: 1, bbox: [0, 0, 1, 1] };
    const segmentations = [
      [[0, 0, 1, 0, 1, 1]],
      { size: [2, 3], counts: "06" },
      { size: [2, 3], counts: [6] },
      [],
      null,
    ];
    const annotations = segmentations.map((segmentation, id) => ({ ...base, id, segmentation }));
    const { result, problems } = collect((report) => readObjects({ annotations }, "f", report));
    expect(problems).toEqual([]);
    expect(result.map((o) => o.segmentation)).toEqual([...segmentations.slice(0, 3), undefined, undefined]);
  });

  it.each([
    [[[1, 2, 3, 4]], /at least 3 points as x, y pairs, got 4 numbers/],
    [[[1, 2, 3, 4, 5, 6, 7]], /x, y pairs, got 7 numbers/],
    [[1, 2, 3, 4, 5, 6], /polygon 0 is a list of numbers, got 1/],
    [{ size: [2], counts: "0" }, /size is \[height, width\]/],
    [{ size: [2, 2], counts: [-1, 5] }, /counts are a string or whole numbers/],
    ["polygon", /polygons or runs, got "polygon"/],
  ])("reports the segmentation %j and keeps the box", (segmentation, message) => {
    const annotations = [{ id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 1, 1], segmentation }];
    const { result, problems } = collect((report) => readObjects({ annotations }, "f", report));
    expect(result).toHaveLength(1);
    expect(result[0].segmentation).toBeUndefined();
    expect(problems[0].message).toMatch(message);
  });
});
