/** Errors that came by message. @module */
import * as errors from "@scenograph/graph/errors";

/** The error again as an instance of its class, where that is one of packages/graph/src/errors.ts. */
export function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  const known = Object.values(errors).find((e) => typeof e === "function" && e.name === name);
  return known ? new (known as new (message: string) => Error)(message) : Object.assign(new Error(message), { name });
}
