/** Damaged weight files, readers that go away, input that ends. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyModel } from "../cli/tinyModel.fixture.ts";
import { lines, scenograph, shell } from "./process.fixture.ts";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenograph-files-"));
  model = (await tinyModel(folder)).path;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a weight file with one bit changed", () => {
  test.each(["text", "boxes", "masks", "image"])("%s: refused by its hash, by name", async (stage) => {
    const path = join(folder, "models", `bad-${stage}`);
    cpSync(model, path, { recursive: true });
    const file = join(path, `${stage}.safetensors`);
    const bytes = readFileSync(file);
    // in the numbers, where no format notices
    bytes[bytes.length - 5] ^= 1;
    writeFileSync(file, bytes);
    const { code, stdout, stderr } = await scenograph(
      "generate",
      "a dog",
      "--model",
      path,
      "--out",
      join(folder, "out"),
    ).end;
    expect(lines(stderr)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^scenograph: .*bad-${stage}/${stage}\\.safetensors: sha256 is \\w+\\.\\.\\. in model\\.json, got \\w+\\.\\.\\.; restore the file`,
        ),
      ),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("pipes", () => {
  const sentences = "a dog on the beach\\n".repeat(800);

  test("a reader that has seen enough is no error", async () => {
    const file = join(folder, "sentences.txt");
    writeFileSync(file, sentences.replaceAll("\\n", "\n"));
    const line = `set -o pipefail; $SCENOGRAPH layout --from-file ${file} --model ${model} --max-objects 1 --json | head -1`;
    const { code, stdout, stderr } = await shell(line).end;
    expect(JSON.parse(stdout)).toMatchObject({ caption: "a dog on the beach" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("input that ends without a word, and input that is closed", async () => {
    for (const input of ["< /dev/null", "<&-"]) {
      const { code, stdout, stderr } = await shell(`$SCENOGRAPH layout --from-file - --model ${model} --json ${input}`)
        .end;
      expect(lines(stderr)).toEqual([
        expect.stringMatching(/^scenograph: layout: (- holds a sentence a line, got none|cannot read -)/),
      ]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
  });
});
