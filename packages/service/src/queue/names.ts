/** Names of kinds and jobs: what may stand in a Redis key, a file name and a URL without escaping. @module */
import { randomUUID } from "node:crypto";
import { UserError } from "@scenograph/graph/errors";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const KIND = /^[a-z][a-z0-9-]{0,31}$/;

/** `<kind>.<name>`. @throws UserError when either has other characters or is too long. */
export function jobId(kind: string, name: string = randomUUID()): string {
  if (!KIND.test(kind))
    throw new UserError(`add(): a kind is a-z, 0-9 and "-", at most 32, got ${JSON.stringify(kind).slice(0, 80)}`);
  if (!NAME.test(name))
    throw new UserError(
      `add(): an id is letters, digits, ".", "_" and "-", at most 128, got ${JSON.stringify(name).slice(0, 80)}; leave it out for a random one`,
    );
  return `${kind}.${name}`;
}

/** The kind of an id, undefined when it cannot be one. */
export function kindOf(id: string): string | undefined {
  const dot = id.indexOf(".");
  if (dot < 0) return undefined;
  const kind = id.slice(0, dot);
  return KIND.test(kind) && NAME.test(id.slice(dot + 1)) ? kind : undefined;
}
