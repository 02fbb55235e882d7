import { expect, test } from "vitest";
import { Compute, type Place } from "./compute.ts";
import type { Engine } from "./engine.ts";
import type { ModelFacts } from "./protocol.ts";
import { Unreachable } from "./server.ts";

class FakeEngine implements Engine {
  readonly log: string[] = [];
  failure: Error | undefined;
  constructor(readonly place: Place) {}
  async open({ name }: { name: string }): Promise<ModelFacts> {
    this.log.push(`open ${name}`);
    if (this.failure) throw this.failure;
    return { name, description: this.place } as ModelFacts;
  }
  async ask(): Promise<never> {
    this.log.push("ask");
    if (this.failure) throw this.failure;
    return [{ text: this.place, known: true }] as never;
  }
  close(): void {}
}

const opening = { name: "tiny", folder: "m/", wasm: "w/", threads: 1, gpu: "off" } as const;
const call = { type: "sentence", caption: "a dog" } as const;
const lost = () => new Unreachable("the server does not answer");

function computing(models: readonly string[] | undefined) {
  const [browser, server] = [new FakeEngine("browser"), new FakeEngine("server")];
  const places: string[] = [];
  const probe = async () => models && { models, device: "cpu", threads: 2 };
  const compute = new Compute({ browser, server, probe, onPlace: (p, isLost) => places.push(isLost ? `${p}!` : p) });
  return { compute, browser, server, places };
}

test("automatically the server computes where it answers and has the model, this browser elsewhere", async () => {
  for (const [models, place] of [
    [["tiny"], "server"],
    [["other"], "browser"],
    [undefined, "browser"],
  ] as const) {
    const { compute } = computing(models);
    expect((await compute.open(opening)).description).toBe(place);
    expect(await compute.ask(call)).toEqual([{ text: place, known: true }]);
  }
});

test("a server that goes away in the middle of a call: the browser opens the model and answers", async () => {
  const { compute, browser, server, places } = computing(["tiny"]);
  await compute.open(opening);
  server.failure = lost();
  expect(await compute.ask(call)).toEqual([{ text: "browser", known: true }]);
  expect(browser.log).toEqual(["open tiny", "ask"]);
  expect(places).toEqual(["server", "browser!"]);
});

test("a server that was insisted on is not replaced, and may come back", async () => {
  const { compute, browser, server } = computing(["tiny"]);
  await compute.choose("server");
  await compute.open(opening);
  server.failure = lost();
  await expect(compute.ask(call)).rejects.toThrow("does not answer");
  expect(browser.log).toEqual([]);
  server.failure = undefined;
  expect(await compute.ask(call)).toEqual([{ text: "server", known: true }]);
  expect(server.log).toEqual(["open tiny", "ask", "open tiny", "ask"]);
});

test("another error of the server is an answer, not a reason to move", async () => {
  const { compute, browser, server } = computing(["tiny"]);
  await compute.open(opening);
  server.failure = new Error("a scene has at most 100 objects");
  await expect(compute.ask(call)).rejects.toThrow("at most 100 objects");
  expect(browser.log).toEqual([]);
});

test("choosing moves, and each place opens a model once", async () => {
  const { compute, browser, server, places } = computing(["tiny"]);
  await compute.open(opening);
  await compute.choose("browser");
  await compute.choose("auto");
  await compute.choose("browser");
  await compute.ask(call);
  expect([browser.log, server.log]).toEqual([["open tiny", "ask"], ["open tiny"]]);
  expect(places).toEqual(["server", "browser", "server", "browser"]);
});
