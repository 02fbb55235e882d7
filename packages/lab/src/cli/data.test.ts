import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@scenograph/graph/errors";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { caption, image, makeFolder, object } from "../data/coco.fixture.ts";
import { dataCommand } from "./data.ts";

let out = "";
let remove = async () => {};
let dir = "";

beforeEach(async () => {
  out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  ({ dir, remove } = await makeFolder({
    instances: {
      good: { images: [image(1)], annotations: [object(1, 1, [0, 0, 50, 40])] },
      bad: { images: [image(1)], annotations: [object(1, 1, [0, 0, 500, 40])] },
    },
    captions: { good: { annotations: [caption(1, 1, "a dog")] } },
    images: { "1.jpg": [100, 80] },
  }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  await remove();
});

function quiet(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const sub of command.commands) quiet(sub);
  return command;
}
const run = (...args: string[]) => quiet(dataCommand()).parseAsync(args, { from: "user" });

describe("data check", () => {
  it("prints counts and leaves with 0 when the folder is sound", async () => {
    await run("check", dir, "--split", "good");
    expect(out).toContain("split good: 0 errors, 0 warnings");
    expect(out).toMatch(/dog +1 +1 +0/);
    expect(process.exitCode ?? 0).toBe(0);
  });

  it("prints every problem and leaves with 2", async () => {
    await run("check", dir, "--split", "bad");
    expect(out).toMatch(/^error: annotations\/instances_bad\.json: annotation 1 of image 1: box \[0, 0, 500, 40\]/);
    expect(process.exitCode).toBe(2);
  });

  it("--json prints JSON alone", async () => {
    await run("check", dir, "--split", "bad", "--json");
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: false, errors: 1, counts: { images: 1 } });
    expect(report.problems[0]).toMatchObject({ kind: "box-outside", id: 1 });
  });

  it("throws for a split that is not there", async () => {
    await expect(run("check", dir, "--split", "train")).rejects.toThrow(/has the splits bad, good/);
  });
});

describe("data show", () => {
  it("writes a PNG sheet", async () => {
    const file = path.join(dir, "sheet.png");
    await run("show", dir, "--split", "good", "--out", file, "--size", "64", "--json");
    expect(JSON.parse(out)).toEqual({ out: file, samples: [{ id: 1, objects: 1, captions: ["a dog"] }] });
    expect([...(await readFile(file)).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it("refuses other file endings and ids that are no numbers", async () => {
    await expect(run("show", dir, "--split", "good", "--out", "a.jpg")).rejects.toThrow(UserError);
    await expect(run("show", dir, "--split", "good", "--ids", "1,x")).rejects.toThrow(/image ids joined by commas/);
    await expect(run("show", dir, "--split", "good", "-n", "0")).rejects.toThrow(/whole number/);
  });
});
