/** Finding unknown keys with the help of a zod schema, so that a message can name the nearest known one. @module */

import { ConfigError, nearest } from "@scenograph/graph/errors";
import { z } from "zod";

/**
 * Every key of `value` must be one of the schema's, at any depth; also inside objects that zod would strip silently.
 * @throws ConfigError naming the key's path and the nearest known key.
 */
export function checkKeys(schema: z.core.$ZodType, value: unknown, from: string, path: readonly string[] = []): void {
  const type = unwrap(schema);
  if (Array.isArray(value)) {
    if (type instanceof z.ZodArray)
      for (const [i, v] of value.entries()) checkKeys(type.element, v, from, [...path, `${i}`]);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (type instanceof z.ZodRecord) {
    for (const [key, v] of Object.entries(value)) checkKeys(type.valueType, v, from, [...path, key]);
    return;
  }
  const shape = shapeOf(type);
  if (!shape) return;
  for (const [key, v] of Object.entries(value)) {
    if (Object.hasOwn(shape, key)) checkKeys(shape[key], v, from, [...path, key]);
    else throw unknownKey([...path, key], Object.keys(shape), from);
  }
}

function unknownKey(path: readonly string[], known: readonly string[], from: string): ConfigError {
  const parent = path.slice(0, -1);
  const near = nearest(path.at(-1)!, known);
  const hint = near
    ? `did you mean "${[...parent, near].join(".")}"?`
    : `known ${parent.length > 0 ? `in ${parent.join(".")} ` : ""}are ${known.join(", ")}`;
  return new ConfigError(`config: unknown key "${path.join(".")}" (${from}); ${hint}`);
}

/** Keys of an object; of a union of objects all keys of all of them (zod then tells which belong together). */
function shapeOf(type: z.core.$ZodType): Record<string, z.core.$ZodType> | undefined {
  if (type instanceof z.ZodObject) return type.shape;
  if (!(type instanceof z.ZodUnion)) return undefined;
  const shapes = type.options.map((option) => shapeOf(unwrap(option))).filter((s) => s !== undefined);
  return shapes.length > 0 ? Object.assign({}, ...shapes) : undefined;
}

/** Without default, optional, nullable, readonly and the like. */
function unwrap(type: z.core.$ZodType): z.core.$ZodType {
  if (
    type instanceof z.ZodDefault ||
    type instanceof z.ZodPrefault ||
    type instanceof z.ZodOptional ||
    type instanceof z.ZodNullable ||
    type instanceof z.ZodReadonly ||
    type instanceof z.ZodCatch
  )
    return unwrap(type.unwrap());
  if (type instanceof z.ZodPipe) return unwrap(type.in);
  return type;
}
