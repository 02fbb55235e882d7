import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../../../../test/cli/run.fixture.ts";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { caption, image, makeFolder, object } from "../data/coco.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-evaluate-cli-"));
let model: string;
let data: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  model = (await tinyModel(folder)).path;
  ({ dir: data, remove } = await makeFolder({
    instances: {
      val: {
        images: [image(1), image(2)],
        annotations: [object(1, 1, [10, 10, 30, 30]), object(2, 2, [40, 10, 50, 60], { category_id: 3 })],
      },
    },
    captions: { val: { images: [], annotations: [caption(1, 1, "a dog"), caption(2, 2, "a red car in the street")] } },
  }));
});
afterAll(async () => {
  await remove();
  rmSync(folder, { recursive: true, force: true });
});

test("--json alone on stdout, the report beside it; the split and part follow from the folder", async () => {
  const out = join(folder, "out");
  const { code, stdout } = await runHere("evaluate", "boxes", "--model", model, "--data", data, "--json", "--out", out);
  expect(code).toBe(0);
  const { protocol, rows, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({});
  expect(protocol.data).toMatchObject({ split: "val", part: "all", pictures: 2 });
  expect(rows["true layouts"].f1).toEqual({ value: 1, low: 1, high: 1, n: 2 });
  expect(readdirSync(out).sort()).toEqual(["report.html", "report.json", "report.md"]);
  const report = readFileSync(join(out, "report.md"), "utf8");
  expect(report).toContain("scenograph evaluate boxes --model tiny --data");
  // no folder of this machine
  expect(report).not.toContain(tmpdir());
});

test("for people: headline metrics, and what is not quoted", async () => {
  const { code, stdout } = await runHere("evaluate", "boxes", "--model", model, "--data", data, "--split", "val");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^boxes \(tiny; 2 pictures, split val, all\)/);
  expect(stdout).toMatch(/not quoted: \S+ does not tell the ceiling/);
});

test.each([
  [["evaluate", "boxes"], /required option '--data <dir>'/],
  [["evaluate", "shapes", "--data", "x"], /shapes/],
  [["evaluate", "boxes", "--data", "/nowhere"], /\/nowhere.* cannot be read; check the path/],
  [["evaluate", "boxes", "--data", "x", "--count", "1"], /--count: a whole number from 2, got "1"/],
])("%j: one line, exit code 2", async (args, message) => {
  const { code, stdout, stderr } = await runHere(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
});
