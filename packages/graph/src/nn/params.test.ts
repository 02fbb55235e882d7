import { expect, test } from "vitest";
import { ShapeError } from "../errors.ts";
import { zeros } from "../init.ts";
import { Params, parameterCount, parameterNames } from "./params.ts";

test("a name asked for twice is one tensor, in every scope that shares the table", () => {
  const p = new Params("net");
  const w = p.scope("a").get("weight", [2, 3], zeros);
  expect(p.scope("a").get("weight", [2, 3], zeros)).toBe(w);
  expect(p.get("a.weight", [2, 3], zeros)).toBe(w);
  expect(p.scope("b").get("weight", [2, 3], zeros)).not.toBe(w);
});

test("another shape for the same name is refused", () => {
  const p = new Params("net");
  p.get("weight", [2, 3], zeros);
  expect(() => p.get("weight", [3, 2], zeros)).toThrow(ShapeError);
  expect(() => p.get("weight", [3, 2], zeros)).toThrow('parameter "net.weight": has shape [2,3], asked for as [3,2]');
});

test("all() lists a scope's own parameters in order of creation", () => {
  const p = new Params();
  p.scope("a").get("w", [2, 3], zeros);
  p.scope("ab").get("w", [4], zeros);
  p.scope("a").scope(0).get("b", [5], zeros);
  expect(parameterNames(p.scope("a").all())).toEqual(["a.w", "a.0.b"]);
  expect(parameterNames(p.all())).toEqual(["a.w", "ab.w", "a.0.b"]);
  expect(parameterCount(p.all())).toBe(15);
});
