import { stream } from "@scenograph/graph/random";
import { timeOf } from "scenograph/ours/text/background";
import { weatherOf } from "scenograph/ours/text/weather";
import { classIndex } from "scenograph/scene/categories";
import { expect, test } from "vitest";
import { drawAction } from "./actions.ts";
import { describe as tell } from "./describe.ts";
import { agrees, type LayoutObject, planScene } from "./plan.ts";
import { sayColours, sayTime } from "./say.ts";
import { appearanceOf } from "./words.ts";

const colours = (caption: string) => Object.fromEntries(appearanceOf(caption).colours);
const clothes = (caption: string) => appearanceOf(caption).people.map((p) => p.clothes);

test("colours of things in every wording", () => {
  expect(colours("a red bus and a light blue car")).toEqual({ bus: ["red"], car: ["light blue"] });
  expect(colours("The bus is blue.")).toEqual({ bus: ["blue"] });
  expect(colours("a bus painted crimson on the street")).toEqual({ bus: ["crimson"] });
  expect(colours("a couch, which is bright green, in a room")).toEqual({ couch: ["green"] });
  expect(colours("A cat on a chair. The chair is white.")).toEqual({ chair: ["white"] });
  expect(colours("two black dogs and a white dog")).toEqual({ dog: ["black", "black", "white"] });
  expect(colours("a red and white bus")).toEqual({ bus: ["red"] });
  // what stands near a colour need not have it
  expect(colours("a dog in white snow next to a tree")).toEqual({});
  expect(colours("a bus by a blue wall")).toEqual({});
});

test("clothes belong to the person before them", () => {
  expect(clothes("a man in a red shirt and blue trousers")).toEqual([
    { top: "red", bottom: "blue", lower: "trousers" },
  ]);
  expect(clothes("a woman in a green dress and a man wearing black")).toEqual([{ dress: "green" }, { top: "black" }]);
  expect(clothes("a boy in a blue-striped shirt")).toEqual([{ top: "blue", striped: true }]);
  expect(clothes("A girl with a dog. Her shirt is navy.")).toEqual([{ top: "navy" }]);
  expect(clothes("a man next to a green car")).toEqual([{}]);
});

test("verbs belong to whom they speak of", () => {
  const { people, doings } = appearanceOf("a man sitting on a bench next to a sleeping dog");
  expect(people[0].actions).toContain("sitting");
  expect(people[0].actions).not.toContain("sleeping");
  expect(doings.get("dog")).toEqual([["sleeping"]]);
  expect(appearanceOf("a dog and a cat sleeping on a bed").doings.get("dog")).toEqual([["sleeping"]]);
  expect(appearanceOf("a woman riding a horse").people[0].actions).toContain("riding");
});

const object = (label: string, ...box: [number, number, number, number]): LayoutObject => ({
  classIndex: classIndex(label),
  box,
});
const plan = (caption: string, layout: LayoutObject[], seed = 1) => planScene(caption, layout, stream(seed));
const poseOf = (caption: string, layout: LayoutObject[], label = "person") =>
  plan(caption, layout).objects.find((o) => o.label === label)?.look.view.pose;

test("poses follow the verbs and the layout", () => {
  const horse = [object("horse", 0.2, 0.4, 0.6, 0.55), object("person", 0.4, 0.1, 0.22, 0.6)];
  expect(poseOf("a field", horse)).toBe("riding");
  const bike = [object("bicycle", 0.25, 0.5, 0.5, 0.45), object("person", 0.35, 0.1, 0.3, 0.75)];
  expect(poseOf("a man riding a bicycle", bike)).toBe("cycling");
  const one = [object("person", 0.3, 0.2, 0.35, 0.7)];
  expect(poseOf("a man sitting in the park", one)).toBe("sitting");
  expect(poseOf("a boy throwing a ball", one)).toBe("throwing");
  expect(poseOf("a girl running in a field", one)).toBe("running");
  const cat = [object("cat", 0.2, 0.4, 0.6, 0.4)];
  expect(poseOf("a sleeping cat", cat, "cat")).toBe("lying");
  expect(poseOf("a cat in a room", cat, "cat")).toBe("standing");
  expect(poseOf("a cow grazing in a field", [object("cow", 0.2, 0.4, 0.6, 0.4)], "cow")).toBe("grazing");
});

test("a rider faces as the mount does", () => {
  const horse = [object("horse", 0.2, 0.4, 0.6, 0.55), object("person", 0.4, 0.1, 0.22, 0.6)];
  const facings = [...Array(8).keys()].map((seed) =>
    plan("a man riding a horse", horse, seed).objects.map((o) => o.facing),
  );
  for (const [a, b] of facings) expect(a).toBe(b);
  expect(new Set(facings.map(([a]) => a)).size).toBe(2);
});

test("two dogs may differ, and what the caption says of one changes nothing else", () => {
  const dogs = [object("dog", 0.05, 0.4, 0.4, 0.5), object("dog", 0.55, 0.4, 0.38, 0.48)];
  const looks = [...Array(12).keys()].map((seed) =>
    plan("two dogs", dogs, seed).objects.map((o) => `${o.look.view.name} ${o.colour}`),
  );
  expect(looks.filter(([a, b]) => a !== b).length).toBeGreaterThan(6);
  const layout = [object("bus", 0.1, 0.3, 0.7, 0.4), object("person", 0.8, 0.4, 0.15, 0.5)];
  const [plain, red] = ["a bus and a man", "a red bus and a man"].map((c) => plan(c, layout, 4).objects);
  expect(red[1]).toEqual(plain[1]);
});

test("colours are said of painted things that have none, in many wordings, and are understood", () => {
  const layout = [
    object("bus", 0.05, 0.3, 0.5, 0.4),
    object("umbrella", 0.6, 0.1, 0.3, 0.3),
    object("person", 0.6, 0.2, 0.2, 0.7),
  ];
  const labels = new Set(["bus", "umbrella", "person"]);
  const said = [...Array(60).keys()].map((i) =>
    sayColours("A man and a bus near an umbrella, by a giraffe.", labels, stream(i, "colours")),
  );
  expect(said.every((c) => !/\w+ giraffe/.test(c.replace("a giraffe", "")))).toBe(true);
  expect(said.some((c) => /painted/.test(c))).toBe(true);
  expect(said.some((c) => /The (bus|umbrella) is /.test(c))).toBe(true);
  expect(said.some((c) => /, which is /.test(c))).toBe(true);
  expect(said.some((c) => /-striped shirt/.test(c))).toBe(true);
  for (const caption of said) {
    const { objects } = plan(caption, layout);
    for (const [label, pattern] of [
      ["bus", /bus/],
      ["umbrella", /umbrella/],
    ] as const) {
      const mentioned = appearanceOf(caption).colours.get(label)?.[0];
      const drawn = objects.find((o) => o.label === label);
      expect(drawn?.said.colour, caption).toBe(mentioned);
      expect(caption).toMatch(pattern);
    }
    const wears =
      caption !== "A man and a bus near an umbrella, by a giraffe." &&
      /\b(shirt|jacket|sweater|top|dressed)\b/.test(caption);
    expect(Object.keys(appearanceOf(caption).people[0].clothes).length > 0, caption).toBe(wears);
  }
});

test("times and weathers are said outdoors only, and understood", () => {
  const said = [...Array(40).keys()].map((i) => sayTime("A dog in a field.", stream(i)));
  for (const caption of said) expect(timeOf(caption) !== "day" || weatherOf(caption) !== "clear", caption).toBe(true);
  expect(new Set(said).size).toBeGreaterThan(4);
  expect(sayTime("A cat on a bed", stream(1))).toBe("A cat on a bed");
});

test("what is told of a plan agrees with it, and a contradiction does not", () => {
  const layout = [
    object("horse", 0.1, 0.35, 0.5, 0.5),
    object("person", 0.25, 0.1, 0.18, 0.5),
    object("bus", 0.6, 0.3, 0.38, 0.3),
  ];
  let agreed = 0;
  for (let seed = 0; seed < 30; seed++) {
    const drawn = plan("a man riding a brown horse in a field at night", layout, seed);
    const caption = tell(drawn, stream(seed, "tell"));
    if (agrees(drawn, plan(caption, layout, seed))) agreed++;
    expect(agrees(drawn, plan("a man riding a white horse in a field at night", layout, seed))).toBe(false);
    expect(agrees(drawn, plan("a man riding a brown horse in a field", layout, seed))).toBe(false);
    expect(agrees(drawn, plan("a woman riding a brown horse in a field at night", layout, seed))).toBe(false);
  }
  expect(agreed).toBeGreaterThan(20);
});

test("made-up actions are drawn as they are told", () => {
  const expected: readonly (readonly [RegExp, string])[] = [
    [/running (?!.*horse)/, "running"],
    [/walking/, "walking"],
    [/waving/, "waving"],
    [/riding a (horse)/, "riding"],
    [/riding a (bicycle|bike|motorcycle)/, "cycling"],
    [/skiing/, "skiing"],
    [/grazing|eating grass/, "grazing"],
    [/\b(sleeping|lying)\b/, "lying"],
    [/sitting/, "sitting"],
    [/flying/, "flying"],
    [/holding/, "holding"],
    [/eating pizza/, "eating"],
    [/swinging/, "swinging"],
  ];
  const poses = new Set<string>();
  let right = 0;
  for (let i = 0; i < 300; i++) {
    const { caption, objects } = drawAction(stream(7, "actions", i));
    const subject = plan(caption, objects, i).objects.map((o) => o.look.view.pose);
    for (const pose of subject) poses.add(pose);
    const rule = expected.find(([words]) => words.test(caption));
    if (!rule || subject.includes(rule[1])) right++;
  }
  expect(right).toBeGreaterThanOrEqual(297);
  for (const pose of ["running", "walking", "waving", "riding", "cycling", "boarding", "lying", "throwing", "eating"])
    expect(poses).toContain(pose);
});
