/** Where inference happens: this browser or the server, behind one interface. @module */
import type { Engine } from "./engine.ts";
import type { Answers, ModelFacts, OpenRequest, Request } from "./protocol.ts";
import { type ServerFacts, Unreachable } from "./server.ts";

/** "auto" is the server while it answers. */
export type ComputeChoice = "auto" | "browser" | "server";
export type Place = "browser" | "server";

export interface ComputeOptions {
  readonly browser: Engine;
  readonly server: Engine;
  readonly probe: () => Promise<ServerFacts | undefined>;
  /** Inference moved; `lost`: because the server went away. */
  readonly onPlace?: (place: Place, lost: boolean) => void;
}

export class Compute implements Engine {
  #choice: ComputeChoice = "auto";
  #place: Place = "browser";
  #opening: Omit<OpenRequest, "type"> | undefined;
  /** The model of each engine, as far as it was asked to open it. */
  readonly #opened = new Map<Place, { readonly name: string; readonly facts: Promise<ModelFacts> }>();

  constructor(private readonly options: ComputeOptions) {}

  get place(): Place {
    return this.#place;
  }

  /** From now on; what is asked already is still answered where it was asked. A model that is open is opened there. */
  async choose(choice: ComputeChoice): Promise<void> {
    this.#choice = choice;
    await this.#settle();
    if (this.#opening) await this.#openAt(this.#place, this.#opening);
  }

  async open(request: Omit<OpenRequest, "type">): Promise<ModelFacts> {
    this.#opening = request;
    await this.#settle();
    return this.#somewhere((place) => this.#openAt(place, request));
  }

  async ask<R extends Request>(request: R, signal?: AbortSignal): Promise<Answers[R["type"]]> {
    return this.#somewhere(async (place) => {
      if (this.#opening) await this.#openAt(place, this.#opening);
      return this.options[place].ask(request, signal);
    });
  }

  close(): void {
    this.options.browser.close();
    this.options.server.close();
  }

  /** Done at the place; where the server is lost and that was not insisted on, once more in the browser. */
  async #somewhere<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const place = this.#place;
    try {
      return await work(place);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#opened.delete("server");
      if (this.#choice === "server") throw error;
      if (this.#place === "server") this.#move("browser", true);
      return work("browser");
    }
  }

  async #settle(): Promise<void> {
    const answers = this.#choice === "browser" ? undefined : await this.options.probe();
    const wanted = this.#opening?.name;
    const able = answers !== undefined && (wanted === undefined || answers.models.includes(wanted));
    this.#move(this.#choice === "server" || (this.#choice === "auto" && able) ? "server" : "browser", false);
  }

  #move(place: Place, lost: boolean): void {
    if (place === this.#place) return;
    this.#place = place;
    this.options.onPlace?.(place, lost);
  }

  #openAt(place: Place, request: Omit<OpenRequest, "type">): Promise<ModelFacts> {
    const there = this.#opened.get(place);
    if (there?.name === request.name) return there.facts;
    const facts = this.options[place].open(request);
    this.#opened.set(place, { name: request.name, facts });
    facts.catch(() => {
      if (this.#opened.get(place)?.facts === facts) this.#opened.delete(place);
    });
    return facts;
  }
}
