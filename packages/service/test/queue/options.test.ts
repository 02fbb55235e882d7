/** Options of shared work that cannot be: one line, exit code 2, before anything is opened or written. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../../../../test/cli/run.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-options-"));
const file = join(folder, "sentences.txt");
beforeAll(() => writeFileSync(file, "a dog\n"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = ["--store", join(folder, "store")];
test.each([
  [["worker", "--queue", "redis://x", ...store, "--kinds", "sentence"], /--kinds: .*did you mean "sentences"\?/],
  [["worker", "--queue", "http://x", ...store], /--queue: redis:\/\/host:port .* got "http:\/\/x"/],
  [
    ["worker", "--queue", "redis://x", "--store", "ftp://y"],
    /--store: a folder or s3:\/\/bucket\/prefix, got "ftp:\/\/y"/,
  ],
  [["worker", ...store], /--queue/],
  [["generate", "--from-file", file, "--queue", "redis://x"], /generate: --queue needs --store/],
  [["generate", "--from-file", file, ...store], /generate: --store goes with --queue/],
  [["generate", "a dog", "--queue", "redis://x", ...store], /--queue and --store go with --from-file/],
  [["train", "boxes", "--data", folder, "--local-steps", "5"], /go with --workers-per-round K/],
  [["train", "boxes", "--data", folder, "--workers-per-round", "0"], /--workers-per-round: a whole number from 1/],
])("%j", async (args, message) => {
  const { code, stdout, stderr } = await runHere(...args);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("a password never shows in a message, and nothing was written", async () => {
  const { stderr } = await runHere("worker", "--queue", "redis:/user:geheim@x", ...store);
  expect(stderr).toMatch(/--queue/);
  expect(stderr).not.toContain("geheim");
  expect(readdirSync(folder)).toEqual(["sentences.txt"]);
});
