/**
 * The pictures of a condition, found by sentence: in a folder as `generate --from-file` writes it, or by a manifest.
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { isPng } from "scenograph/formats/png";
import { sceneFromPng } from "scenograph/scene/png";
import { z } from "zod";

/** A file that `generate` names: `<slug>-<seed>.png`, with `-2` and so on where names collide; or plainly `<slug>.png`. */
const NAME = /^(.*?)(?:-(\d+))?(?:-(\d+))?\.(?:png|jpe?g)$/i;
const DERIVED = /\.panels\.png$/i;

const manifest = z.union([
  z.array(z.object({ sentence: z.string(), file: z.string() })),
  z.object({ pictures: z.array(z.object({ sentence: z.string(), file: z.string() })) }),
  z.record(z.string(), z.string()),
]);

/** Sentences are the same when only space, case and a full stop at the end differ. */
export function sameSentence(a: string, b: string): boolean {
  return normal(a) === normal(b);
}

function normal(sentence: string): string {
  return sentence
    .normalize("NFC")
    .trim()
    .replace(/\s+/g, " ")
    .replace(/\s*\.$/, "")
    .toLowerCase();
}

/**
 * A file for each sentence, in their order. `source` is a manifest (.json) or a folder; a folder with manifest.json in it
 * is read by that, any other by file names (`slugOf` of the sentence) and, where a picture carries its scene, by the
 * scene's caption. Of several seeds the lowest is taken: the first picture, never the best.
 * @throws UserError for sentences without a picture (the first is named), FormatError for a bad manifest
 */
export async function matchPictures(
  label: string,
  source: string,
  sentences: readonly string[],
  slugOf: (sentence: string) => string,
): Promise<string[]> {
  const info = await stat(source).catch(() => undefined);
  if (!info) throw new UserError(`study create: condition ${label}: ${source} does not exist; check the path`);
  const list = info.isDirectory() ? await readdir(source) : [];
  const file = info.isDirectory()
    ? list.includes("manifest.json")
      ? join(source, "manifest.json")
      : undefined
    : source;
  const found =
    file === undefined
      ? await byName(source, list, sentences, slugOf)
      : byManifest(file, await readFile(file, "utf8"), sentences);
  const missing = sentences.filter((_, i) => found[i] === undefined);
  if (missing.length > 0) {
    const where = file === undefined ? `no ${slugOf(missing[0])}-<seed>.png in ${source}` : `not in ${file}`;
    throw new UserError(
      `study create: condition ${label} lacks ${missing.length} of ${sentences.length} pictures, the first for ` +
        `"${missing[0]}" (${where}); make them with generate --from-file`,
    );
  }
  return found as string[];
}

function byManifest(file: string, text: string, sentences: readonly string[]): (string | undefined)[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError(`${file}: a manifest holds JSON, got other text; write [{"sentence", "file"}]`);
  }
  const result = manifest.safeParse(json);
  if (!result.success)
    throw new FormatError(`${file}: a manifest is [{"sentence", "file"}] or {sentence: file}, got something else`);
  const { data } = result;
  const rows = Array.isArray(data)
    ? data
    : Array.isArray(data.pictures)
      ? data.pictures
      : Object.entries(data as Record<string, string>).map(([sentence, path]) => ({ sentence, file: path }));
  const paths = new Map<string, string>();
  // of several the first
  for (const row of rows)
    if (!paths.has(normal(row.sentence))) paths.set(normal(row.sentence), resolve(dirname(file), row.file));
  return sentences.map((s) => paths.get(normal(s)));
}

interface Candidate {
  readonly file: string;
  readonly seed: number;
  /** The number behind the seed: 2 and more where two sentences have one slug. */
  readonly copy: number;
}

async function byName(
  folder: string,
  list: readonly string[],
  sentences: readonly string[],
  slugOf: (sentence: string) => string,
): Promise<(string | undefined)[]> {
  const bySlug = new Map<string, Candidate[]>();
  const add = (slug: string, candidate: Candidate) => bySlug.set(slug, [...(bySlug.get(slug) ?? []), candidate]);
  for (const name of [...list].sort()) {
    if (DERIVED.test(name)) continue;
    const match = NAME.exec(name);
    if (!match) continue;
    const file = join(folder, name);
    const [, slug, first, second] = match;
    // a slug may itself end in a number: every reading of the name counts, the caption decides
    const parts = [slug, first, second].filter((p) => p !== undefined);
    add(parts.join("-"), { file, seed: -1, copy: 1 });
    if (first !== undefined) add(parts.slice(0, -1).join("-"), { file, seed: Number(parts.at(-1)), copy: 1 });
    if (second !== undefined) add(slug, { file, seed: Number(first), copy: Number(second) });
  }
  const shared = new Map<string, number>();
  for (const sentence of sentences) shared.set(slugOf(sentence), (shared.get(slugOf(sentence)) ?? 0) + 1);
  return Promise.all(
    sentences.map(async (sentence) => {
      const slug = slugOf(sentence);
      const candidates = [...(bySlug.get(slug) ?? [])].sort((a, b) => a.seed - b.seed || a.copy - b.copy);
      for (const { file, copy } of candidates) {
        const caption = await captionIn(file);
        if (caption === undefined ? shared.get(slug) === 1 && copy === 1 : sameSentence(caption, sentence)) return file;
      }
      return undefined;
    }),
  );
}

/** The caption of the scene inside a picture; undefined when it carries none. */
async function captionIn(file: string): Promise<string | undefined> {
  const bytes = await readFile(file);
  if (!isPng(bytes)) return undefined;
  try {
    return sceneFromPng(bytes)?.caption;
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${file}: ${error.message}`);
    throw error;
  }
}
