/** The folder of installed pretrained networks: `<cache>/judges/*.safetensors` with judges.json. @module */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError, FormatError } from "../../errors.ts";
import { readWeights, type Weights } from "./weights.ts";

/** Names of the networks that `scenograph judges install` provides. */
export type NetworkName = "coco-ssd" | "inception-mixed5";

/** One entry of judges.json: where the weights came from, and the hash of the converted file. */
export interface NetworkRecord {
  readonly package: string;
  readonly packageSha256: string;
  readonly licence: string;
  /** Of the safetensors file. */
  readonly sha256: string;
  readonly bytes: number;
}

/** SCENOGRAPH_CACHE, else scenograph/ in XDG_CACHE_HOME, else ~/.cache/scenograph. */
export function defaultCache(): string {
  const { SCENOGRAPH_CACHE, XDG_CACHE_HOME } = process.env;
  return SCENOGRAPH_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "scenograph");
}

export function judgesFolder(cache: string = defaultCache()): string {
  return join(cache, "judges");
}

/** judges.json; an empty object where nothing is installed. @throws FormatError when it is damaged */
export async function readRecords(cache?: string): Promise<Partial<Record<NetworkName, NetworkRecord>>> {
  const file = join(judgesFolder(cache), "judges.json");
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    return JSON.parse(text) as Partial<Record<NetworkName, NetworkRecord>>;
  } catch {
    throw new FormatError(`judges.json: JSON, got a damaged file ${file}; run: scenograph judges install`);
  }
}

/**
 * Weights of an installed network, checked against the recorded hash.
 * @throws ConfigError when it is not installed, FormatError when the file has changed.
 */
export async function loadWeights(
  name: NetworkName,
  cache?: string,
): Promise<{ readonly weights: Weights; readonly sha256: string }> {
  const record = (await readRecords(cache))[name];
  const file = join(judgesFolder(cache), `${name}.safetensors`);
  const bytes = record ? await readFile(file).catch(() => undefined) : undefined;
  if (!record || !bytes)
    throw new ConfigError(
      `pretrained network "${name}": not installed in ${judgesFolder(cache)}; run: scenograph judges install`,
    );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== record.sha256)
    throw new FormatError(
      `pretrained network "${name}": ${file} has sha256 ${record.sha256}, got ${sha256}; run: scenograph judges install`,
    );
  return { weights: readWeights(bytes), sha256 };
}
