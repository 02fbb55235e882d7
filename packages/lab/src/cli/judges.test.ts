import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { judgesCommand } from "./judges.ts";

afterEach(() => vi.restoreAllMocks());

test("judges list: every network, its package, and what to do where it is missing", async () => {
  const cache = await mkdtemp(join(tmpdir(), "scenograph-test-"));
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  await judgesCommand().parseAsync(["list", "--cache", cache, "--json"], { from: "user" });
  const { folder, networks } = JSON.parse(print.mock.calls[0][0]);
  expect(folder).toBe(join(cache, "judges"));
  expect(networks.map((n: { name: string }) => n.name)).toEqual(["coco-ssd", "inception-mixed5"]);
  for (const { package: source, state } of networks) {
    expect(source).toMatch(/ \d+\.\d+\.\d+$/);
    expect(state).toMatch(/run: scenograph judges install$/);
  }
  print.mockClear();
  await judgesCommand().parseAsync(["list", "--cache", cache], { from: "user" });
  expect(print.mock.calls.map(([line]) => line.split("  ")[0])).toEqual(["coco-ssd", "inception-mixed5"]);
  await rm(cache, { recursive: true });
});
