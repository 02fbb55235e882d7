import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listRuns } from "./runs.node.ts";

test("runs are found one and two folders deep, with their steps, samples and whether they go on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scenograph-runs-"));
  const run = async (name: string, stage: string, running: boolean) => {
    await mkdir(join(folder, name, "samples"), { recursive: true });
    await writeFile(join(folder, name, "run.json"), JSON.stringify({ stage }));
    await writeFile(join(folder, name, "config.yaml"), `${stage}:\n  train:\n    steps: 500\n`);
    await writeFile(join(folder, name, "samples", "step-00000100.png"), "");
    await writeFile(join(folder, name, "samples", "notes.txt"), "");
    if (running) await writeFile(join(folder, name, "lock.json"), "{}");
  };
  await run("a", "masks", false);
  await run("deep/b", "image", true);
  // a run whose process was killed leaves its lock behind
  const dead = { pid: 2 ** 30, host: hostname(), start: null };
  await writeFile(join(folder, "a", "lock.json"), JSON.stringify(dead));
  await mkdir(join(folder, "data"));
  await run("torn", "boxes", false);
  await writeFile(join(folder, "torn", "run.json"), "{");
  const found = { steps: 500, samples: ["step-00000100.png"] };
  expect(await listRuns(folder)).toEqual([
    { name: "deep/b", stage: "image", running: true, ...found },
    { name: "a", stage: "masks", running: false, ...found },
  ]);
  expect(await listRuns(join(folder, "nothing"))).toEqual([]);
  await rm(folder, { recursive: true });
});
