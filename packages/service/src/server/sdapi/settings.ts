/**
 * Settings of the web UI's interface: a caller chooses a model and a format of pictures for the requests that name none. Kept
 * in this process; what cannot be set is refused by name.
 * @module
 */
import type { FileFormat } from "../answers.node.ts";
import { ApiError } from "../problems.ts";

export interface Settings {
  readonly sd_model_checkpoint: string;
  readonly samples_format: FileFormat;
}

/** Callers whose settings are kept; who set them longest ago is forgotten first. */
const MOST = 1000;
const FORMATS: Readonly<Record<string, FileFormat>> = { png: "png", jpg: "jpeg", jpeg: "jpeg", webp: "webp" };

/** The model of a title like "tiny [0123456789]"; undefined for none. */
export function checkpointOf(title: string | null | undefined): string | undefined {
  return title?.replace(/\s*\[.*\]$/, "") || undefined;
}

/** @throws ApiError for other formats */
export function formatOf(value: unknown): FileFormat {
  const format = typeof value === "string" ? FORMATS[value.toLowerCase()] : undefined;
  if (format) return format;
  throw refused("samples_format", `is png, jpeg or webp, got ${JSON.stringify(value)?.slice(0, 40)}`);
}

export class SettingsStore {
  readonly #set = new Map<string, Settings>();

  constructor(
    private readonly defaultModel: string,
    /** The model's name; throws for an unknown one. */
    private readonly check: (model: string) => string,
  ) {}

  of(caller: string): Settings {
    return this.#set.get(caller) ?? { sd_model_checkpoint: this.defaultModel, samples_format: "png" };
  }

  /** All or nothing. @throws ApiError for settings that there are not, UserError for unknown models */
  change(caller: string, changes: Readonly<Record<string, unknown>>): void {
    let settings = this.of(caller);
    for (const [name, value] of Object.entries(changes)) {
      if (name === "sd_model_checkpoint") {
        const model = typeof value === "string" ? checkpointOf(value) : undefined;
        settings = { ...settings, sd_model_checkpoint: this.check(model ?? String(value)) };
      } else if (name === "samples_format") settings = { ...settings, samples_format: formatOf(value) };
      else throw refused(name.slice(0, 60), "is no setting here: sd_model_checkpoint and samples_format are");
    }
    this.#set.delete(caller);
    this.#set.set(caller, settings);
    if (this.#set.size > MOST) this.#set.delete(this.#set.keys().next().value as string);
  }
}

function refused(param: string, rule: string): ApiError {
  return new ApiError(400, "unsupported_option", `${param} ${rule}; leave it out`, { param });
}
