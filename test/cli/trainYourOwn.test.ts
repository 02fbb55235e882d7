/** README's "Train your own" without outside data: each command with a few steps, one after another. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@scenograph/graph/formats/safetensors";
import { stream } from "@scenograph/graph/random";
import { packageFolder } from "scenograph/model/package.node";
import { Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBin, runHere } from "./run.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "scenograph-own-"));
const [layouts, drawings, vocabulary] = ["layouts", "drawings", "vocabulary.safetensors"].map((f) => join(folder, f));
const run = (stage: string) => join(folder, "runs", stage);
const weights = (stage: string) => join(run(stage), "weights.safetensors");

beforeAll(() => {
  // in place of `data vectors`, which fetches a package
  const random = stream(5, "words");
  const words = "a the dog cat person people on in with beach".split(" ");
  const vectors = words.map((word) => ({ word, vector: random.normals(WORD_DIM) }));
  writeFileSync(vocabulary, writeSafetensors(Vocabulary.fromVectors(vectors, 5).toTensors()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** -> what it printed with --json */
async function done(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runHere(...args, "--json");
  expect({ code, stderr }, args.join(" ")).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

test("data, four stages, a model, a picture", async () => {
  await done("data", "synth", "--out", layouts, "--count", "40");
  expect(await done("data", "check", layouts)).toMatchObject({ errors: 0, warnings: 0 });
  // a process of its own, from a folder where no package is found: its threads come from here
  const drawn = await runBin(
    ["data", "illustrate", "--data", layouts, "--out", drawings, ..."--size 32 --jobs 2".split(" ")],
    {
      cwd: folder,
    },
  );
  expect(drawn).toMatchObject({ code: 0 });
  expect(await done("data", "check", drawings)).toMatchObject({ errors: 0 });

  const train = (stage: string, data: string, ...more: string[]) => {
    const config = ["--config", join(packageFolder(), "configs/tiny.yaml"), "--run", run(stage), "--cache", folder];
    return done("train", stage, ...config, "--data", data, "--steps", "2", "--threads", "1", ...more);
  };
  await train("text", layouts, "--vocabulary", vocabulary);
  await train("boxes", layouts, "--text", weights("text"));
  await train("masks", drawings);
  expect(await train("image", drawings, "--text", weights("boxes"))).toMatchObject({ step: 2, reason: "done" });
  expect(await done("inspect", run("image"))).toMatchObject({ kind: "run", stage: "image", checkpoints: [2] });

  const model = join(folder, "models", "mine");
  const stages = { text: "boxes", boxes: "boxes", masks: "masks", image: "image" };
  const sources = Object.entries(stages).flatMap(([stage, from]) => [`--${stage}`, run(from)]);
  await done("model", "assemble", "--name", "mine", "--out", model, ...sources);
  const made = await done("generate", "a dog on the beach", "--model", model, "--out", join(folder, "out"));
  expect(made.model).toBe("mine");
  expect(
    readFileSync(made.image as string)
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");

  // a second run in the same folder is refused, and nothing of the first is lost
  const before = readFileSync(weights("text"));
  const again = await runHere("train", "text", "--data", layouts, "--run", run("text"), "--vocabulary", vocabulary);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/holds checkpoints already; go on with --resume latest/);
  expect(readFileSync(weights("text")).equals(before)).toBe(true);
});
