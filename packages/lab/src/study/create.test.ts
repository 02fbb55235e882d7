import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { slugOf } from "scenograph/cli/session-files";
import { decodePicture } from "scenograph/draw/picture";
import { sceneToPng } from "scenograph/scene/png";
import { describe, expect, it } from "vitest";
import { readPictures, readStudy } from "./folder.node.ts";
import { matchPictures, sameSentence } from "./matching.node.ts";
import { anonymousPng, commonSize } from "./pictures.node.ts";
import { BLUE, colouredPng, conditionFolder, RED, SENTENCES, smallStudy, temporaryFolder } from "./study.fixture.ts";
import { parseStudy } from "./study.ts";

describe("createStudy", () => {
  it("writes a study whose pictures are those of the conditions, under names without meaning", async () => {
    const { folder, study } = await smallStudy();
    expect(await readStudy(folder)).toEqual(study);
    const files = (await readdir(join(folder, "pictures"))).sort();
    expect(files).toEqual(study.pictures.map((p) => `${p.id}.png`).sort());
    const pngs = await readPictures(folder, study);
    for (const { id, condition, sentence } of study.pictures) {
      const { data } = await decodePicture(pngs.get(id)!);
      if (condition === null) continue;
      // the mark of the fixture tells the sentence, the colour the condition
      expect([...data.subarray(-3)]).toEqual(condition === 0 ? RED : BLUE);
      expect([...data.subarray(sentence! * 3, sentence! * 3 + 3)]).toEqual([255, 255, 255]);
    }
    for (const q of study.plans.flat()) {
      for (const [position, id] of q.pictures.entries()) {
        const { condition, sentence } = study.pictures.find((p) => p.id === id)!;
        if (position === q.trap) expect(condition).toBeNull();
        else expect(sentence).toBe(q.sentence);
      }
      expect(new Set(q.pictures).size).toBe(q.pictures.length);
    }
  });

  it("shows raters nothing that tells the condition: no labels, roles or metadata, in page and pictures", async () => {
    const { folder, study } = await smallStudy();
    const page = await readFile(join(folder, "index.html"), "utf8");
    for (const word of ["red", "blue", "secret-model", "noise", "repeat", "trap", "rate"]) {
      const data = page.slice(page.indexOf('id="data"'), page.indexOf("</script>", page.indexOf('id="data"')));
      const words = data.replace(/base64,[^"]*/g, "").match(/[a-z-]+/g)!;
      // sentences may hold the words
      const used = new Set(words.filter((w) => !SENTENCES.join(" ").includes(w)));
      expect(used.has(word)).toBe(false);
    }
    for (const png of (await readPictures(folder, study)).values())
      expect(Buffer.from(png).toString("latin1")).not.toMatch(/secret|scenograph|tEXt|iTXt/);
    // neither the order in the file nor identifiers follow the conditions
    const order = study.pictures.map((p) => p.condition).join();
    expect(order).not.toBe(
      [...study.pictures]
        .map((p) => p.condition)
        .sort()
        .join(),
    );
  });

  it("checks attention with real pictures: this sentence's beside another's", async () => {
    const { study } = await smallStudy({ real: await conditionFolder([20, 200, 20]), checks: 2, kinds: ["pair"] });
    const checks = study.plans.flat().filter((q) => q.role === "mismatch");
    expect(checks.length).toBe(4);
    for (const { pictures, sentence, trap } of checks) {
      const shown = pictures.map((id) => study.pictures.find((p) => p.id === id)!);
      expect(shown.map((p) => p.condition)).toEqual([null, null]);
      expect(shown[trap!].sentence).not.toBe(sentence);
      expect(shown[1 - trap!].sentence).toBe(sentence);
    }
  });

  it("needs nothing from elsewhere", async () => {
    const { folder } = await smallStudy();
    const page = await readFile(join(folder, "index.html"), "utf8");
    const outside = page.replace(/base64,[A-Za-z0-9+/=]*/g, "");
    expect(outside).not.toMatch(/https?:\/\//);
    expect(outside).not.toMatch(/<(link|iframe|object|embed|script[^>]*src)/);
    expect(outside).toContain("default-src 'none'");
  });

  it("is fixed by its options, bytes and all", async () => {
    const a = await smallStudy();
    const b = await smallStudy();
    expect(b.study).toEqual(a.study);
    const page = (folder: string) => readFile(join(folder, "index.html"));
    expect((await page(b.folder)).equals(await page(a.folder))).toBe(true);
    expect((await smallStudy({ seed: 4 })).study.id).not.toBe(a.study.id);
  });

  it("says how often each comparison is judged", async () => {
    expect((await smallStudy()).coverage).toEqual([
      { kind: "pair", units: 4, least: 4, most: 4 },
      { kind: "rank", units: 4, least: 4, most: 4 },
    ]);
    const { coverage } = await smallStudy({ raters: 2, perRater: 3, kinds: ["pair"] });
    expect(coverage).toEqual([{ kind: "pair", units: 4, least: 0, most: 2 }]);
  });

  it("puts a sentence with markup into the page as text", async () => {
    const sentences = ["</script><img src=x onerror=alert(1)> & a dog", "a cat"];
    const conditions = [
      { label: "a", source: await conditionFolder(RED, sentences) },
      { label: "b", source: await conditionFolder(BLUE, sentences) },
    ];
    const { folder } = await smallStudy({ sentences, conditions, title: "<b>&\"'" });
    const page = await readFile(join(folder, "index.html"), "utf8");
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("<title>&#60;b&#62;&#38;&#34;&#39;</title>");
  });

  it("gives pictures of other sizes and shapes one size", async () => {
    const conditions = [
      { label: "small", source: await conditionFolder(RED, SENTENCES, 16) },
      { label: "large", source: await conditionFolder(BLUE, SENTENCES, 24) },
    ];
    const { folder, study } = await smallStudy({ conditions });
    expect(study.size).toBe(24);
    for (const png of (await readPictures(folder, study)).values())
      expect(await decodePicture(png)).toMatchObject({ width: 24, height: 24 });
    const wide = { width: 4, height: 2, data: new Uint8Array(24).fill(250) };
    const { data } = await decodePicture(await anonymousPng(wide, 8));
    const rows = Array.from({ length: 8 }, (_, y) => data[y * 24]);
    expect(rows).toEqual([128, 128, 250, 250, 250, 250, 128, 128]);
    expect(commonSize([16, 2000])).toBe(512);
  });

  it.each([
    [{ conditions: [] }, UserError, /two conditions or more, got 0/],
    [{ sentences: ["a red bus", "A red  bus."] }, UserError, /sentence 2 repeats sentence 1/],
    [{ sentences: ["a red bus", "a purple cow"] }, UserError, /condition red lacks 1 of 2 pictures.*"a purple cow"/],
    [{ real: "/nowhere/at/all" }, UserError, /condition real: .*does not exist/],
  ])("refuses %j and leaves no study behind", async (changes, kind, message) => {
    const out = join(await temporaryFolder(), "new");
    const made = smallStudy({ out, ...changes });
    await expect(made).rejects.toThrow(kind);
    await expect(made).rejects.toThrow(message);
    await expect(readdir(out)).rejects.toThrow();
  });

  it("refuses equal names and a folder that is not empty", async () => {
    const source = await conditionFolder(RED);
    const twice = [
      { label: "x", source },
      { label: "x", source },
    ];
    await expect(smallStudy({ conditions: twice })).rejects.toThrow(/different names, got "x" twice/);
    const { folder } = await smallStudy();
    await expect(smallStudy({ out: folder })).rejects.toThrow(/is not empty/);
  });
});

describe("matchPictures", () => {
  it("takes the lowest seed, never panels, and asks the caption where slugs are alike", async () => {
    const folder = await temporaryFolder();
    const put = async (name: string, caption?: string) => {
      const png = await colouredPng(RED, 0);
      const scene = { version: 2 as const, width: 16, height: 16, seed: 0, model: "m", objects: [] };
      await writeFile(join(folder, name), caption === undefined ? png : sceneToPng(png, { ...scene, caption }));
    };
    await put("a-dog-10.png", "a dog");
    await put("a-dog-9.png", "a dog");
    await put("a-dog-9.panels.png");
    await put("a-dog-1.png", "a dog!");
    await put("a-dog-1-2.png", "A dog?");
    await put("a-cat-2-5.png", "a cat 2");
    const match = async (...sentences: string[]) =>
      (await matchPictures("A", folder, sentences, slugOf)).map((f) => f.slice(folder.length + 1));
    expect(await match("a dog", "A dog?", "a cat 2")).toEqual(["a-dog-9.png", "a-dog-1-2.png", "a-cat-2-5.png"]);
    await expect(match("a cat")).rejects.toThrow(/no a-cat-<seed>.png/);
    // pictures of other programs: the name alone
    await put("a-horse.png");
    await put("a-cow-3.png");
    expect(await match("a horse", "A cow.")).toEqual(["a-horse.png", "a-cow-3.png"]);
  });

  it("reads manifests, and a folder by its manifest", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "deep"));
    const rows = [
      { sentence: "A dog.", file: "deep/x.png" },
      { sentence: "a cat", file: "y.png" },
    ];
    const expected = [join(folder, "y.png"), join(folder, "deep", "x.png")];
    const forms = [rows, { pictures: rows }, { "A dog.": "deep/x.png", "a cat": "y.png" }];
    for (const form of forms) {
      await writeFile(join(folder, "manifest.json"), JSON.stringify(form));
      for (const source of [folder, join(folder, "manifest.json")])
        expect(await matchPictures("A", source, ["a cat", "a dog"], slugOf)).toEqual(expected);
    }
    await expect(matchPictures("A", folder, ["a cow"], slugOf)).rejects.toThrow(/"a cow" \(not in .*manifest.json/);
    for (const bad of ["{", "[1]", '{"a": 1}']) {
      await writeFile(join(folder, "manifest.json"), bad);
      await expect(matchPictures("A", folder, ["a cat"], slugOf)).rejects.toThrow(FormatError);
    }
  });

  it("knows a sentence again", () => {
    expect(sameSentence(" A  dog. ", "a dog")).toBe(true);
    expect(sameSentence("a dog", "a dot")).toBe(false);
  });
});

describe("parseStudy", () => {
  it("refuses other text, and references to what is not there", async () => {
    const { study } = await smallStudy();
    const change = (edit: (copy: typeof study) => void) => {
      const copy = structuredClone(study);
      edit(copy);
      return () => parseStudy(JSON.stringify(copy));
    };
    expect(() => parseStudy("{")).toThrow(FormatError);
    expect(change((s) => s.plans[0][0].pictures.splice(0, 1, "nothing"))).toThrow(/names a picture/);
    expect(change((s) => Object.assign(s.plans[0][0], { sentence: 9 }))).toThrow(/it lacks/);
    expect(change((s) => Object.assign(s, { extra: 1 }))).toThrow(/study.json/);
    await expect(readStudy("/nowhere")).rejects.toThrow(/holds no study.json/);
  });
});
