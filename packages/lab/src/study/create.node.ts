/**
 * Makes a study's folder:
 *
 *     study.json       the design and which picture comes from which condition; not for raters
 *     pictures/        <id>.png, names without meaning
 *     index.html       the page for raters without a server: pictures inside, answers downloaded as a file
 *     answers.sqlite   answers, once there are any
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { stream } from "@scenograph/graph/random";
import { makeFolder } from "scenograph/formats/folders.node";
import type { Picture } from "scenograph/scene/scene";
import { type DesignOptions, designStudy, NOISES, type Shown, unitCounts } from "./design.ts";
import { matchPictures, sameSentence } from "./matching.node.ts";
import { buildPage } from "./page.node.ts";
import { anonymousPng, commonSize, noisePicture, readPicture } from "./pictures.node.ts";
import { type Kind, kindsOf, publicPlan, STUDY_LIMITS, type Study, type StudyPicture } from "./study.ts";

/** More than this no phone opens. */
const LARGEST_PAGE = 100_000_000;

export interface CreateOptions extends Omit<DesignOptions, "conditions" | "sentences" | "mismatches"> {
  /** Label and folder or manifest, in the order of the report. */
  readonly conditions: readonly { readonly label: string; readonly source: string }[];
  readonly sentences: readonly string[];
  /** Folder or manifest of real pictures, for attention checks. */
  readonly real?: string;
  readonly out: string;
  readonly title: string;
  readonly consent: string;
  readonly slugOf: (sentence: string) => string;
}

export interface Created {
  readonly study: Study;
  /** Bytes of index.html; undefined where the pictures are too many for one page. */
  readonly pageBytes: number | undefined;
  /** By kind: comparisons there are, and how many raters judge one (least and most). */
  readonly coverage: readonly {
    readonly kind: Kind;
    readonly units: number;
    readonly least: number;
    readonly most: number;
  }[];
}

/** @throws UserError, FormatError, ConfigError; nothing is written before everything has been read and checked */
export async function createStudy(options: CreateOptions): Promise<Created> {
  const { conditions, sentences, seed, out, slugOf } = options;
  checkWords(options);
  const taken = await readdir(out).catch(() => []);
  if (taken.length > 0)
    throw new UserError(`study create: --out ${out} is not empty; answers may be in there: choose another folder`);
  const plans = designStudy({
    ...options,
    conditions: conditions.length,
    sentences: sentences.length,
    mismatches: options.real !== undefined,
  });
  const files = new Map<string, string>();
  const match = async (label: string, source: string, key: (sentence: number) => string) => {
    const found = await matchPictures(label, source, sentences, slugOf);
    found.forEach((file, s) => {
      files.set(key(s), file);
    });
  };
  for (const [c, { label, source }] of conditions.entries()) await match(label, source, (s) => `condition ${c} ${s}`);
  if (options.real !== undefined) await match("real", options.real, (s) => `real ${s}`);

  const used = new Map<string, () => Promise<Picture>>();
  const sides: number[] = [];
  for (const plan of plans)
    for (const { shown, sentence } of plan)
      for (const x of shown) {
        const key = keyOf(x, sentence);
        const file = files.get(key);
        if (file === undefined || used.has(key)) continue;
        // read twice, now for its size: all originals together may not fit into memory
        const { width, height } = await readPicture(file);
        sides.push(width, height);
        used.set(key, () => readPicture(file));
      }
  const size = commonSize(sides);
  for (let n = 0; n < NOISES; n++)
    used.set(`noise ${n}`, async () => noisePicture(size, stream(seed, "study", "noise", n)));

  const pngs = new Map<string, Uint8Array>();
  const ids = new Map<string, string>();
  const pictures: StudyPicture[] = [];
  const random = stream(seed, "study", "picture names");
  // in random order, so that neither names nor places in the file follow the conditions
  for (const key of random.shuffle([...used.keys()].sort())) {
    const id = [random.uint32(), random.uint32()].map((x) => x.toString(16).padStart(8, "0")).join("");
    ids.set(key, id);
    pngs.set(id, await anonymousPng(await used.get(key)!(), size));
    const [from, a, b] = key.split(" ");
    pictures.push({
      id,
      condition: from === "condition" ? Number(a) : null,
      sentence: from === "condition" ? Number(b) : from === "real" ? Number(a) : null,
    });
  }
  const draft = {
    version: 1 as const,
    title: options.title,
    consent: options.consent,
    seed,
    size,
    conditions: conditions.map((c) => c.label),
    sentences: [...sentences],
    pictures,
    plans: plans.map((plan) =>
      plan.map(({ shown: list, ...q }) => ({ ...q, pictures: list.map((x) => ids.get(keyOf(x, q.sentence))!) })),
    ),
  };
  const hash = createHash("sha256").update(JSON.stringify(draft));
  for (const id of [...pngs.keys()].sort()) hash.update(pngs.get(id)!);
  const study: Study = { ...draft, id: hash.digest("hex").slice(0, 16) };
  const bytes = [...pngs.values()].reduce((n, png) => n + png.length, 0);
  const page = bytes * (4 / 3) <= LARGEST_PAGE ? offlinePage(study, pngs) : undefined;
  await write(out, study, pngs, page);
  return {
    study,
    pageBytes: page === undefined ? undefined : Buffer.byteLength(page),
    coverage: options.kinds.map((kind) => coverage(study, options, kind)),
  };
}

/** What a question shows, as a key of pictures; conditions in words so that no two coincide. */
function keyOf(x: Shown, sentence: number): string {
  if (x.from === "noise") return `noise ${x.which}`;
  return x.from === "real" ? `real ${x.sentence}` : `condition ${x.condition} ${sentence}`;
}

/** The self-contained page: the pictures as data URLs, all plans. */
export function offlinePage(study: Study, pngs: ReadonlyMap<string, Uint8Array>): string {
  return buildPage({
    mode: "file",
    study: study.id,
    title: study.title,
    consent: study.consent,
    kinds: kindsOf(study),
    plans: study.plans.map((_, r) => publicPlan(study, r)),
    pictures: Object.fromEntries(
      [...pngs].map(([id, png]) => [id, `data:image/png;base64,${Buffer.from(png).toString("base64")}`]),
    ),
  });
}

/** study.json comes last: a folder with it is complete. */
async function write(
  out: string,
  study: Study,
  pngs: ReadonlyMap<string, Uint8Array>,
  page: string | undefined,
): Promise<void> {
  try {
    await makeFolder(join(out, "pictures"));
    for (const [id, png] of pngs) await writeFile(join(out, "pictures", `${id}.png`), png);
    if (page !== undefined) await writeFile(join(out, "index.html"), page);
    const partial = join(out, "study.json.partial");
    await writeFile(partial, `${JSON.stringify(study)}\n`);
    await rename(partial, join(out, "study.json"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`study create: ${out} cannot be written (${code}); choose another --out or free some space`);
  }
}

function coverage(study: Study, options: CreateOptions, kind: Kind) {
  const { units } = unitCounts(
    { ...options, conditions: study.conditions.length, sentences: study.sentences.length, mismatches: false },
    kind,
  );
  const counts = new Map<string, number>();
  for (const q of study.plans.flat()) {
    if (q.kind !== kind || q.role !== "rate") continue;
    const key = [...q.pictures].sort().join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const values = [...counts.values()];
  return { kind, units, least: counts.size < units ? 0 : Math.min(...values), most: Math.max(...values) };
}

function checkWords({ conditions, sentences }: CreateOptions): void {
  const labels = conditions.map((c) => c.label);
  for (const [i, label] of labels.entries()) {
    if (label.trim() === "" || label.length > STUDY_LIMITS.conditionCharacters)
      throw new UserError(
        `study create: a condition's name has 1 to ${STUDY_LIMITS.conditionCharacters} characters, got "${label}"`,
      );
    if (labels.indexOf(label) !== i)
      throw new UserError(`study create: conditions have different names, got "${label}" twice; rename one`);
  }
  if (conditions.length < 2)
    throw new UserError(
      `study create: needs two conditions or more, got ${conditions.length}; add --condition NAME=DIR`,
    );
  for (const [i, sentence] of sentences.entries()) {
    const before = sentences.findIndex((s) => sameSentence(s, sentence));
    if (before < i)
      throw new UserError(`study create: sentence ${i + 1} repeats sentence ${before + 1} ("${sentence}"); remove one`);
  }
}
