import { createHash } from "node:crypto";
import { ConfigError } from "@scenograph/graph/errors";
import type { Box } from "scenograph/scene/scene";
import { describe, expect, it } from "vitest";
import { inPart, isValidation, type ObjectOrder, orderObjects } from "./split.ts";

describe("isValidation", () => {
  it("is sha1(id) as an integer, modulo 100, below 10", () => {
    for (const id of [0, 9, 133, 25, 4500000001000, 999999]) {
      const number = BigInt(`0x${createHash("sha1").update(String(id)).digest("hex")}`);
      expect(isValidation(id)).toBe(number % 100n < 10n);
      expect(isValidation(String(id))).toBe(isValidation(id));
    }
  });

  it("takes about a tenth", () => {
    let count = 0;
    for (let id = 0; id < 5000; id++) count += Number(isValidation(id));
    expect(count).toBeGreaterThan(425);
    expect(count).toBeLessThan(575);
  });

  it("parts are disjoint and complete", () => {
    for (let id = 0; id < 200; id++) {
      expect(inPart(id, "training")).toBe(!inPart(id, "validation"));
      expect(inPart(id, "all")).toBe(true);
    }
  });
});

describe("orderObjects", () => {
  const make = (name: string, box: Box) => ({ name, box });
  const objects = [
    make("middle", [0.4, 0, 0.2, 0.2]),
    make("wide", [0, 0, 1, 0.3]),
    make("right", [0.8, 0, 0.2, 0.9]),
    make("left", [0, 0.5, 0.1, 0.1]),
  ];
  const names = (order: ObjectOrder, max?: number) => orderObjects(objects, order, max).map((o) => o.name);

  it("orders by box centre from left to right, equal centres as they came", () => {
    expect(names("left-to-right")).toEqual(["left", "middle", "wide", "right"]);
  });
  it("orders by box area", () => {
    expect(names("largest-first")).toEqual(["wide", "right", "middle", "left"]);
  });
  it("keeps the largest, then orders", () => {
    expect(names("left-to-right", 3)).toEqual(["middle", "wide", "right"]);
    expect(names("largest-first", 2)).toEqual(["wide", "right"]);
    expect(names("largest-first", 0)).toEqual([]);
  });
  it("leaves its input alone and refuses an unknown order", () => {
    orderObjects(objects, "largest-first");
    expect(objects[0].name).toBe("middle");
    expect(() => orderObjects(objects, "random" as ObjectOrder)).toThrow(ConfigError);
  });
});
