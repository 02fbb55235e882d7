/**
 * The one configuration schema, composed of the stages' own, and reading it: YAML files that may extend each other, then
 * `--set a.b=value`. An unknown key is an error that names the nearest one.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, shown } from "@scenograph/graph/errors";
import { packageFolder } from "scenograph/model/package.node";
import { boxesConfig } from "scenograph/ours/boxes/index";
import { oursConfig } from "scenograph/ours/config";
import { imageConfig } from "scenograph/ours/image/index";
import { masksConfig } from "scenograph/ours/masks/index";
import { textConfig } from "scenograph/ours/text/index";
import { upgradeConfig } from "scenograph/ours/upgrade";
import { LineCounter, parse, parseDocument } from "yaml";
import { z } from "zod";
import { captionerConfig } from "../captioner/config.ts";
import { segmenterConfig } from "../segmenter/config.ts";
import { checkKeys } from "./config-keys.ts";

/** When the trainer does what beside training; the same for all stages. */
export const trainerConfig = z.strictObject({
  /** Steps that a logged loss is the mean of. */
  logSteps: z.int().min(1).default(50),
  /** Steps from one validation to the next. */
  validateSteps: z.int().min(1).default(500),
  sampleMinutes: z.number().positive().default(5),
  checkpointMinutes: z.number().positive().default(5),
  /** Newest checkpoints that are kept, beside the best. */
  keep: z.int().min(1).default(2),
});

export type TrainerConfig = z.infer<typeof trainerConfig>;

export const configSchema = z.strictObject({
  /** Part of the run folder's default name. */
  name: z.string().min(1).default("default"),
  /** Initial weights, data order and noise follow from it. */
  seed: z.int().min(0).default(0),
  trainer: trainerConfig.prefault({}),
  text: textConfig.prefault({}),
  boxes: boxesConfig.prefault({}),
  masks: masksConfig.prefault({}),
  image: imageConfig.prefault({}),
  ours: oursConfig.prefault({}),
  captioner: captionerConfig.prefault({}),
  segmenter: segmenterConfig.prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** A value with the place that it came from, for messages. */
interface Source {
  readonly from: string;
  readonly value: Record<string, unknown>;
}

/**
 * Read a configuration. Without a file: the defaults. `sets` are "a.b=value", the value in YAML; they win over the file,
 * and a file over what it extends.
 * @throws ConfigError naming file, key and rule.
 */
export async function loadConfig(file: string | undefined, sets: readonly string[] = []): Promise<Config> {
  return resolveConfig(configSchema, file, sets);
}

/** The same for any schema. */
export async function resolveConfig<T>(
  schema: z.ZodType<T>,
  file: string | undefined,
  sets: readonly string[],
): Promise<T> {
  const given: Source[] = [...(file === undefined ? [] : await readChain(file, [])), ...sets.map(parseSet)];
  const sources = given.map(({ from, value }) => ({ from, value: upgradeConfig(value) as Record<string, unknown> }));
  for (const { from, value } of sources) checkKeys(schema, value, from);
  const merged = sources.reduce<Record<string, unknown>>((all, { value }) => merge(all, value), {});
  const parsed = schema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.slice(0, 3).map((issue) => {
    const from = sources.findLast((s) => hasPath(s.value, issue.path))?.from;
    const got = issue.path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown>)?.[key], merged);
    return `${issue.path.join(".")}: ${issue.message}, got ${shown(got)}${from ? ` (${from})` : ""}`;
  });
  throw new ConfigError(`config: ${lines.join("; ")}`);
}

/** Short hash of a configuration, independent of the order of its keys. */
export function hashOf(config: unknown): string {
  const sorted = (v: unknown): unknown =>
    isMap(v)
      ? Object.fromEntries(
          Object.keys(v)
            .sort()
            .map((key) => [key, sorted(v[key])]),
        )
      : Array.isArray(v)
        ? v.map(sorted)
        : v;
  return createHash("sha256")
    .update(JSON.stringify(sorted(config)))
    .digest("hex")
    .slice(0, 16);
}

/** The configurations that come along: in the repository its own, installed those beside the compiled files. */
function configsFolder(): string {
  const built = fileURLToPath(new URL("../configs", import.meta.url));
  return existsSync(built) ? built : join(packageFolder(), "configs");
}

/** The path of a YAML file, or of one that comes along by its name ("tiny"). */
function configPath(file: string): string {
  const own = join(configsFolder(), `${file}.yaml`);
  return /^[\w-]+$/.test(file) && !existsSync(file) && existsSync(own) ? own : resolve(file);
}

/** A file and what it extends, the most basic first. */
async function readChain(file: string, above: readonly string[]): Promise<Source[]> {
  const path = configPath(file);
  if (above.includes(path)) throw new ConfigError(`config: "${file}" extends itself; break the circle`);
  const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
    const names = (await readdir(configsFolder()).catch(() => [])).map((name) => name.replace(/\.yaml$/, ""));
    throw new ConfigError(
      `config: "${file}" cannot be read (${error.code}); name a YAML file${names.length > 0 ? `, or one of ${names.join(", ")}` : ""}`,
    );
  });
  const value = asMap(parseYaml(text, file), file);
  const { extends: base, ...own } = value;
  if (base !== undefined && typeof base !== "string")
    throw new ConfigError(`config: extends names a YAML file, got ${shown(base)} (${file})`);
  const before = base === undefined ? [] : await readChain(resolve(dirname(path), base), [...above, path]);
  return [...before, { from: file, value: own }];
}

const MAX_TEXT = 2 ** 16;
const MAX_DEPTH = 64;

/** @throws ConfigError naming the line, also for what would take the parser long: deep nesting, many aliases. */
function parseYaml(text: string, file: string): unknown {
  if (text.length > MAX_TEXT)
    throw new ConfigError(
      `config: ${file} has at most ${MAX_TEXT} characters, got ${text.length}; name a configuration`,
    );
  if (isDeep(text))
    throw new ConfigError(`config: ${file} is nested at most ${MAX_DEPTH} deep, got more; name a configuration`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const wrong = document.errors[0];
  if (wrong) throw new ConfigError(`config: ${file} line ${lines.linePos(wrong.pos[0]).line}: ${firstLine(wrong)}`);
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // aliases without an anchor, or too many of them
    throw new ConfigError(`config: ${file}: ${firstLine(error as Error)}`);
  }
}

/** By open brackets and by spaces before a line, whatever they belong to. */
function isDeep(text: string): boolean {
  let open = 0;
  for (const c of text) {
    if (c === "[" || c === "{") open++;
    else if (c === "]" || c === "}") open--;
    if (open > MAX_DEPTH) return true;
  }
  return new RegExp(`^[ \\t?:-]{${4 * MAX_DEPTH}}`, "m").test(text);
}

function parseSet(text: string): Source {
  const at = text.indexOf("=");
  const path = text.slice(0, at).trim().split(".");
  if (at < 1 || path.some((key) => key === ""))
    throw new ConfigError(`--set: wants key.path=value, got "${text}"; for example --set boxes.train.batch=32`);
  let value: unknown;
  try {
    const given = text.slice(at + 1);
    if (isDeep(given)) throw new Error(`nested at most ${MAX_DEPTH} deep, got more`);
    value = parse(given, { stringKeys: true });
  } catch (error) {
    throw new ConfigError(`--set ${path.join(".")}: ${firstLine(error as Error)}`);
  }
  for (const key of path.reverse()) value = { [key]: value };
  return { from: "--set", value: asMap(value, "--set") };
}

function asMap(value: unknown, from: string): Record<string, unknown> {
  if (!isMap(value)) throw new ConfigError(`config: a file holds "key: value" lines, got something else (${from})`);
  return value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Maps are merged key by key; anything else is replaced. */
function merge(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = out[key];
    out[key] = isMap(old) && isMap(value) ? merge(old, value) : value;
  }
  return out;
}

function hasPath(value: unknown, path: readonly PropertyKey[]): boolean {
  return (
    path.length === 0 || (isMap(value) && String(path[0]) in value && hasPath(value[String(path[0])], path.slice(1)))
  );
}

function firstLine(error: Error): string {
  return error.message.split("\n")[0].replace(/:$/, "");
}
