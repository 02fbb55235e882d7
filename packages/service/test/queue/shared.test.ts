/** The command line over a real Redis and real worker processes: the same bytes as one machine, a kill in mid-job included. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Redis } from "ioredis";
import { packageFolder } from "scenograph/model/package.node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../../../../test/cli/run.fixture.ts";
import { tinyModel } from "../../../../test/cli/tinyModel.fixture.ts";
import { RedisQueue } from "../../src/queue/redis.ts";
import { hasRedis, startRedis, type TestRedis } from "./redis.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-shared-"));
const at = (...parts: string[]) => join(folder, ...parts);
let redis: TestRedis;
let shared: string[];
const workers: ChildProcess[] = [];

beforeAll(async () => {
  if (!hasRedis) return;
  redis = await startRedis();
  shared = ["--queue", redis.url, "--store", at("store")];
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((w) => ended(w, "SIGTERM")));
});
afterAll(async () => {
  await redis?.close();
  rmSync(folder, { recursive: true, force: true });
});

function worker(kinds: string): ChildProcess {
  const script = join(packageFolder(), "bin/scenograph.mjs");
  const options = ["--kinds", kinds, "--threads", "1", "--lost-after", "2", "--drain", "1", "--cache", at("cache")];
  const env = { ...process.env };
  // vitest's own loaders are not the user's
  delete env.NODE_OPTIONS;
  const child = spawn(process.execPath, [script, "worker", ...shared, ...options], { env, stdio: "ignore" });
  workers.push(child);
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere(...args);
  expect({ code, stderr }, args.join(" ")).toMatchObject({ code: 0 });
  return stdout;
}

/** Files by path, with their bytes. */
function contents(root: string, parent = root): Map<string, string> {
  return new Map(
    readdirSync(parent)
      .sort()
      .flatMap((name): [string, string][] => {
        const path = join(parent, name);
        if (statSync(path).isDirectory()) return [...contents(root, path)];
        return [[relative(root, path), readFileSync(path).toString("base64")]];
      }),
  );
}

describe.skipIf(!hasRedis)("over a queue", () => {
  test("drawings: a worker is killed in mid-job; its shard is begun once more, and every byte is as on one machine", async () => {
    await done("data", "synth", "--out", at("layouts"), "--count", "48");
    const drawing = ["data", "illustrate", "--data", at("layouts"), "--size", "48", "--minimum", "0", "--json"];
    const one = await done(...drawing, "--out", at("one"), "--jobs", "1");
    const first = worker("drawings");
    const queue = new RedisQueue({ url: redis.url, answerMs: 60_000 });
    const client = new Redis(redis.url);
    try {
      const many = done(...drawing, "--out", at("many"), ...shared);
      const running = async (n: number) => {
        while ((await queue.counts("drawings")).running < n) await new Promise((r) => setTimeout(r, 20));
      };
      await running(1);
      await ended(first, "SIGKILL");
      worker("drawings");
      expect(await many).toBe(one);
      expect(contents(at("many"))).toEqual(contents(at("one")));
      const keys = await client.keys("scenograph:drawings:drawings.*");
      const ids = keys.map((key) => key.split(":")[2]);
      const states = await Promise.all([...new Set(ids)].map((id) => queue.get(id)));
      expect(states.map((s) => s?.status)).toEqual(["done", "done"]);
      expect(states.map((s) => s?.attempts).sort()).toEqual([1, 2]);
      expect(readdirSync(at("store", "drawings")).flatMap((key) => readdirSync(at("store", "drawings", key)))).toEqual(
        [],
      );
    } finally {
      client.disconnect();
      await queue.close();
    }
  });

  test("sentences, an evaluation and a training by rounds", async () => {
    worker("sentences,evaluation,training");
    const { path: model } = await tinyModel(folder);
    const sentences = ["a red dog", "two people on the beach", "the cat"];
    writeFileSync(at("sentences.txt"), Array.from({ length: 66 }, (_, i) => sentences[i % 3]).join("\n"));
    const drawing = ["generate", "--from-file", at("sentences.txt"), "--to", "boxes", "--model", model];
    await done(...drawing, "--out", at("drawn"));
    const printed = await done(...drawing, "--out", at("shared"), ...shared);
    expect(contents(at("shared"))).toEqual(contents(at("drawn")));
    expect(printed.match(/^".*" \(seed \d+\)/gm)).toHaveLength(66);
    const manifest = readFileSync(at("shared", "manifest.jsonl"), "utf8").trim().split("\n");
    expect(manifest.map((line) => JSON.parse(line).seed)).toEqual(Array.from({ length: 66 }, (_, i) => i));

    const judging = ["evaluate", "boxes", "--model", model, "--data", at("layouts"), "--count", "4", "--json"];
    expect(await done(...judging, ...shared)).toBe(await done(...judging));

    const rounds = ["--workers-per-round", "2", "--local-steps", "2", "--steps", "8", "--threads", "1"];
    const config = ["--config", join(packageFolder(), "configs/tiny.yaml"), "--cache", at("cache"), "--json"];
    const training = ["train", "masks", "--data", at("one"), ...config, ...rounds];
    const here = JSON.parse(await done(...training, "--run", at("run-one")));
    const there = JSON.parse(await done(...training, "--run", at("run-many"), ...shared));
    expect(here).toMatchObject({ step: 2, reason: "done" });
    const tensors = (file: string) => {
      const bytes = readFileSync(file);
      return bytes.subarray(Number(bytes.readBigUInt64LE()) + 8);
    };
    expect(tensors(there.weights).equals(tensors(here.weights))).toBe(true);
  });
});
