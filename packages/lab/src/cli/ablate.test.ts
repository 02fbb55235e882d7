import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { packageFolder } from "scenograph/model/package.node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../../../../test/cli/run.fixture.ts";
import { tinyWeights } from "../../../../test/cli/tinyModel.fixture.ts";
import { caption, image, makeFolder, object } from "../data/coco.fixture.ts";
import { isValidation } from "../data/split.ts";
import type { Interval } from "../evaluate/bootstrap.ts";
import { loadConfig } from "../train/config.ts";
import { chosenRows } from "./ablate.ts";
import { ABLATION_ROWS, FULL } from "./ablate-rows.ts";
import { type AblationSettings, configOf } from "./ablate-run.ts";
import { type AblationTable, ablationMarkdown, markOf, TABLE_METRICS } from "./ablate-table.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-ablate-"));
const tiny = join(packageFolder(), "configs", "tiny.yaml");
const text = join(folder, "text.safetensors");
let data: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const config = await loadConfig(tiny);
  const metadata = { stage: "text", words: JSON.stringify(["dog", "on"]), config: JSON.stringify(config.text) };
  writeFileSync(text, writeSafetensors((await tinyWeights(config)).text, metadata));
  const ids = Array.from({ length: 300 }, (_, i) => i + 1);
  const chosen = [...ids.filter(isValidation).slice(0, 4), ...ids.filter((i) => !isValidation(i)).slice(0, 12)];
  const square = (x: number, y: number, w: number) => ({ segmentation: [[x, y, x + w, y, x + w, y + w, x, y + w]] });
  ({ dir: data, remove } = await makeFolder({
    instances: {
      train: {
        images: chosen.map((id) => image(id, 64, 64)),
        annotations: chosen.flatMap((id, i) => [
          object(2 * id, id, [4 + i / 2, 8, 30, 30], square(4 + i / 2, 8, 30)),
          object(2 * id + 1, id, [30, 20, 20, 20], { category_id: 3, ...square(30, 20, 20) }),
        ]),
      },
    },
    captions: { train: { images: [], annotations: chosen.map((id) => caption(id, id, "a dog on the beach")) } },
    images: Object.fromEntries(chosen.map((id) => [`${id}.jpg`, [64, 64] as const])),
  }));
});
afterAll(async () => {
  await remove();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (): AblationSettings => ({
  budget: { size: 32, steps: { boxes: 30, masks: 30, image: 60 } },
  counts: { boxes: 2, masks: 2, image: 2 },
  seed: 1,
  config: join(packageFolder(), "configs", "illustrated-64.yaml"),
  sets: [],
  data: "",
  split: "train",
  boxesData: "",
  boxesSplit: "train",
  text: "",
  out: "",
  cache: "",
  threads: 1,
});

describe("rows", () => {
  test("the full model is first, keys differ, every change is a key of the configuration and changes something", async () => {
    expect(ABLATION_ROWS[0]).toBe(FULL);
    expect(new Set(ABLATION_ROWS.map((r) => r.key)).size).toBe(ABLATION_ROWS.length);
    const full = await configOf(FULL, settings());
    for (const row of ABLATION_ROWS.slice(1)) {
      const config = await configOf(row, settings());
      for (const stage of ["boxes", "masks", "image"] as const)
        if (row.changes[stage]) expect(config[stage], `${row.key} ${stage}`).not.toEqual(full[stage]);
        else if (!row.config) expect(config[stage], `${row.key} ${stage}`).toEqual(full[stage]);
    }
  });

  test("the paper's row has the losses, weights and order of its configuration, and the budget's sizes", async () => {
    const row = ABLATION_ROWS.find((r) => r.key === "paper")!;
    const [config, full] = [await configOf(row, settings()), await configOf(FULL, settings())];
    const paper = await loadConfig(join(packageFolder(), "configs", "paper.yaml"));
    expect(config.boxes.order).toBe(paper.boxes.order);
    expect(config.boxes.ours.head).toBe(0);
    expect([config.masks.loss, config.masks.ours]).toEqual([paper.masks.loss, paper.masks.ours]);
    expect(config.image.train).toEqual({
      ...paper.image.train,
      ...{ batch: full.image.train.batch, steps: full.image.train.steps },
    });
    for (const key of ["size", "encoder", "decoder"] as const) expect(config.image[key]).toEqual(full.image[key]);
    expect(config.image.ours).toEqual(paper.image.ours);
  });

  test("a choice of rows keeps the full model; an unknown one is named", () => {
    expect(chosenRows(["no-gate"]).map((r) => r.key)).toEqual(["full", "no-gate"]);
    expect(() => chosenRows(["no-gates"])).toThrow(/got "no-gates"; did you mean "no-gate"/);
  });
});

describe("the table", () => {
  const at = (value: number): Interval => ({ value, low: value - 0.1, high: value + 0.1, n: 9 });

  test("what lies apart from the full model is marked", () => {
    const [label, , f1] = TABLE_METRICS.boxes;
    expect(markOf(label, at(2), at(1))).toMatch(/-/);
    expect(markOf(f1, at(2), at(1))).toMatch(/\+/);
    expect(markOf(f1, at(1.05), at(1))).toBe("");
    const edge = TABLE_METRICS.masks.find((m) => m.better === "target")!;
    // nearer to 5 is better, from either side
    expect(markOf(edge, at(5.2), at(3), at(5))).toMatch(/\+/);
    expect(markOf(edge, at(9), at(4), at(5))).toMatch(/-/);
  });

  test("rows that touch a stage stand in its table, with the ceiling below", () => {
    const row = (key: string) => ABLATION_ROWS.find((r) => r.key === key)!;
    const model = (value: number) => ({ name: "m", kind: "model", about: "", metrics: { L1: at(value) } }) as const;
    const real = { name: "real pictures", kind: "ceiling", about: "", metrics: { L1: at(0) } } as const;
    const table: AblationTable = {
      command: "scenograph ablate",
      machine: { cpu: "c", cores: 2, node: "v20", threads: 1 },
      date: "2026-01-01",
      seeds: [1],
      budget: settings().budget,
      counts: settings().counts,
      rows: [
        {
          row: FULL,
          results: [{ hash: "", key: "full", seed: 1, seconds: { image: 60 }, stages: { image: [model(1), real] } }],
        },
        {
          row: row("no-gate"),
          results: [{ hash: "", key: "no-gate", seed: 1, seconds: { image: 60 }, stages: { image: [model(2)] } }],
        },
        { row: row("no-d-inst"), results: [] },
      ],
    };
    const lines = ablationMarkdown(table).split("\n");
    expect(lines).toContain("| full model | 1 [0.9, 1.1] |");
    expect(lines).toContain("| without gate | 2 [1.9, 2.1] **-** |");
    expect(lines).toContain("| *real pictures* | 0 [-0.1, 0.1] |");
    expect(lines.join("\n")).not.toContain("D_inst");
  });
});

const ablate = (...more: string[]) =>
  runHere(
    "ablate",
    ...["--data", data, "--text", text, "--config", tiny, "--rows", "no-gate", "--out", join(folder, "out")],
    ..."--size 16 --boxes-steps 1 --masks-steps 1 --image-steps 1 --boxes-count 3 --masks-count 3".split(" "),
    ..."--image-count 3 --classifier-steps 2 --set masks.loss.perceptualFeatures=discriminator --set boxes.hidden=8".split(
      " ",
    ),
    ...["--cache", folder, "--judges", join(folder, "none"), ...more],
  );

test("trains, judges and writes the table; again, nothing is trained twice", async () => {
  const first = await ablate();
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^# Ablations/);
  expect(first.stdout).toMatch(/\| without gate \| \d/);
  const out = join(folder, "out");
  expect(readFileSync(join(out, "ablation.md"), "utf8")).toBe(first.stdout);
  const { rows, seeds, command } = JSON.parse(readFileSync(join(out, "ablation.json"), "utf8"));
  expect(seeds).toEqual([1]);
  expect(command).not.toContain(tmpdir());
  expect(Object.keys(rows[0].results[0].stages)).toEqual(["boxes", "masks", "image"]);
  // boxes, masks and image of the full model, image of the other row
  const runs = readdirSync(join(out, "runs"));
  expect(runs.map((name) => name.split("-")[0]).sort()).toEqual(["boxes", "image", "image", "masks"]);
  const times = () => runs.map((name) => statSync(join(out, "runs", name, "weights.safetensors")).mtimeMs);
  const before = times();
  const second = await ablate("--json");
  expect(second.code).toBe(0);
  expect(JSON.parse(second.stdout).rows).toEqual(rows);
  expect(times()).toEqual(before);
});

test("weights of another stage are refused: rows would begin from them", async () => {
  const other = join(folder, "boxes.safetensors");
  writeFileSync(other, writeSafetensors(new Map(), { stage: "boxes" }));
  const { code, stderr } = await runHere("ablate", "--data", data, "--text", other, "--out", join(folder, "no"));
  expect(code).toBe(2);
  expect(stderr).toMatch(/--text is the weights.safetensors of `train text`, got one of stage boxes/);
});
