import { COCO_VOCABULARY } from "scenograph/ours/text/coco";
import { understand } from "scenograph/understand/index";
import { describe, expect, test } from "vitest";
import { places, settingOf, withColour, withPart } from "./wording.ts";

const read = (caption: string) => understand(caption, COCO_VOCABULARY);

describe("place, time and weather in the sentence's own words", () => {
  test.each([
    ["two people riding horses on the beach", { place: "snow" }, "two people riding horses in the snow"],
    ["a bus driving down a city street at night", { place: "beach" }, "a bus driving at night on the beach"],
    ["a bus driving down a city street at night", { time: "day" }, "a bus driving down a city street"],
    ["a dog", { time: "sunset" }, "a dog at sunset"],
    ["A dog in the rain.", { weather: "fog" }, "A dog in the fog."],
    ["a dog in the rain", { weather: "clear" }, "a dog"],
  ] as const)("%s", (caption, part, expected) => {
    expect(withPart(read(caption), part)).toBe(expected);
  });

  test("a place that is offered is one that the sentence then names; the things stay", () => {
    for (const caption of [
      "a dog",
      "two people riding horses on the beach",
      "a bus driving down a city street at night",
    ]) {
      const offered = places(read(caption));
      expect(offered.length).toBeGreaterThanOrEqual(8);
      for (const { kind, caption: said } of offered) {
        expect(settingOf(said).place).toBe(kind);
        expect(
          read(said)
            .things.filter((t) => t.category !== null)
            .map((t) => t.category),
        ).toEqual(read(caption).things.map((t) => t.category));
      }
    }
  });
});

describe("colours", () => {
  test.each([
    ["a bus and a dog", 0, "red", "a red bus and a dog"],
    ["two blue buses on a street", 0, "green", "two green buses on a street"],
    ["an umbrella", 0, "blue", "a blue umbrella"],
    ["a red umbrella", 0, undefined, "an umbrella"],
    ["a man on a horse", 0, "red", "a man in a red shirt on a horse"],
    ["a man in a red shirt on a horse", 0, "blue", "a man in a blue shirt on a horse"],
    ["two people", 0, "pink", "two people in pink shirts"],
    ["a fire hydrant", 0, "yellow", "a yellow fire hydrant"],
  ] as const)("%s", (caption, index, colour, expected) => {
    const said = withColour(read(caption), read(caption).things[index], colour);
    expect(said).toBe(expected);
  });
});
