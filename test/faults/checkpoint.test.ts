/** SIGKILL while a checkpoint is written, again and again: the run goes on from a whole one, to the same bits. */
import { existsSync, readdirSync, watch } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stream } from "@scenograph/graph/random";
import { loadLatest } from "@scenograph/lab/train/checkpoint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { materials, scenograph, trainArguments, until } from "./process.fixture.ts";

const STEPS = 60;
const KILLS = 3;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-faults-"));
  await materials(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function latest(run: string) {
  const warnings: string[] = [];
  const checkpoint = await loadLatest(join(run, "checkpoints"), (line) => warnings.push(line));
  const state = Object.fromEntries(
    [...checkpoint.tensors].map(([name, t]) => [
      name,
      Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength).toString("base64"),
    ]),
  );
  return { step: checkpoint.meta.step, state, warnings };
}

test("killed while it saves, and resumed, a run ends with the bits of one that nobody touched", async () => {
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  const untouched = scenograph(...trainArguments(folder, whole, STEPS));
  const random = stream(1, "kills");
  const saved = join(killed, "checkpoints");
  // saves as often as it can
  const often = ["--set", "trainer.checkpointMinutes=0.000001"];
  let [kills, torn, acknowledged] = [0, 0, 0];
  // chance decides what a kill hits: a few more where none was in the middle of a file
  while (kills < KILLS || (kills < 4 * KILLS && (torn === 0 || acknowledged === 0))) {
    const running = scenograph(
      ...trainArguments(folder, killed, STEPS, ...often, ...(acknowledged > 0 ? ["--resume", "latest"] : [])),
    );
    await until(() => existsSync(saved), running, "its folder");
    // a file that is being written has another name: one of the next few is the last
    let left = 1 + random.int(4) + 2 * kills;
    const watcher = watch(saved, (event, name) => {
      if (event === "rename" && name?.endsWith(".partial") && existsSync(join(saved, name)) && --left === 0)
        running.child.kill("SIGKILL");
    });
    const { signal, stderr } = await running.end;
    watcher.close();
    expect(signal, stderr).toBe("SIGKILL");
    kills++;
    const names = readdirSync(saved);
    const isTorn = names.some(
      (n) =>
        n.endsWith(".partial") || (n.endsWith(".safetensors") && !names.includes(n.replace(".safetensors", ".json"))),
    );
    if (isTorn) torn++;
    if (!names.some((n) => n.endsWith(".json"))) continue;
    // nothing that was there is lost, and what is there is whole
    const { step, warnings } = await latest(killed);
    expect(warnings).toEqual([]);
    expect(step).toBeGreaterThanOrEqual(acknowledged);
    acknowledged = step;
  }
  expect(torn).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(0);
  expect(acknowledged).toBeLessThan(STEPS);

  const { code, stderr } = await scenograph(...trainArguments(folder, killed, STEPS, "--resume", "latest")).end;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain(`resuming at step ${acknowledged}`);
  expect(await untouched.end).toMatchObject({ code: 0 });
  const [a, b] = [await latest(whole), await latest(killed)];
  expect(b.step).toBe(STEPS);
  expect(b.state).toEqual(a.state);
  // each step once, in order, whatever the killed ones had written
  const steps = (await readFile(join(killed, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const logged = steps.filter((m) => m.samplesPerSecond !== undefined).map((m) => m.step);
  expect(logged).toEqual([...new Set(logged)].sort((x, y) => x - y));
  expect(readdirSync(saved).filter((n) => n.endsWith(".partial"))).toEqual([]);
});
