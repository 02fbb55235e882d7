/**
 * The study page in the browser. `page.ts` copies the functions of `CLIENT` and of `client-core.ts` into the page, so
 * they refer to each other, to what is passed in and to the browser, and to nothing else of this module.
 * @module
 */
import type { Entries } from "./client-core.ts";
import type { Answer, Kind, PublicQuestion, Submission } from "./study.ts";

type Core = typeof import("./client-core.ts");

/** What stands in the page. "file": everything is inside; "server": plan and pictures come from the server. */
export interface PageData {
  readonly mode: "file" | "server";
  readonly study: string;
  readonly title: string;
  readonly consent: string;
  /** Kinds of questions, for the instructions. */
  readonly kinds: readonly Kind[];
  readonly plans?: readonly (readonly PublicQuestion[])[];
  /** Data URL by picture. */
  readonly pictures?: Readonly<Record<string, string>>;
}

/** What the server answers about a rater. */
export interface SessionState {
  readonly rater: string;
  readonly questions: readonly PublicQuestion[];
  readonly answers: Entries;
}

interface App {
  readonly data: PageData;
  readonly core: Core;
  readonly root: HTMLElement;
  questions: readonly PublicQuestion[];
  entries: Entries;
  /** Name under which this browser keeps answers; of a file also who the rater is. */
  storage: string;
  rater: string;
  plan: number;
  unsent: Submission[];
  failures: number;
  sending: boolean;
  refused: string;
  at: number;
  /** The question whose answer can be taken back. */
  undoable: number | null;
  onKey: (event: KeyboardEvent) => void;
}

/** Begins: welcome, or where the rater was. */
export async function startPage(data: PageData, core: Core): Promise<void> {
  const root = document.getElementById("app") as HTMLElement;
  const app: App = {
    data,
    core,
    root,
    questions: [],
    entries: {},
    storage: "",
    rater: "",
    plan: 0,
    unsent: [],
    failures: 0,
    sending: false,
    refused: "",
    at: 0,
    undoable: null,
    onKey: () => {},
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLInputElement) return;
    app.onKey(event);
  });
  if (data.mode === "file") return welcome(app, "");
  try {
    const state = (await call("GET", "/api/session")) as SessionState | { rater: null };
    if (state.rater === null) welcome(app, "");
    else enter(app, state);
  } catch (error) {
    welcome(app, (error as Error).message);
  }
}

/** An element; properties are set, "aria-" and "data-" ones as attributes. Text is never read as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Record<string, unknown>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  element.append(...children);
  return element;
}

/** A request to the study's server. @throws Error with a line for the rater; its `refused` says that trying again is no use */
export async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new Error("The study's server does not answer. Check your connection.");
  }
  const reply = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.ok) return reply;
  const refused = response.status >= 400 && response.status < 500 && response.status !== 429;
  throw Object.assign(new Error(reply.error ?? `The study's server failed (${response.status}).`), { refused });
}

/** Reads what this browser kept; undefined without, or where it may not keep anything. */
export function recall<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Keeps a value over reloads. -> whether that worked */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** What the study is about, how to answer, consent. */
export function welcome(app: App, problem: string): void {
  const { data } = app;
  const message = make("p", { className: "problem", role: "alert", textContent: problem });
  const start = make("button", { className: "primary", type: "submit", textContent: "Start" });
  const form = make("form", { className: "start" });
  const number = make("input", { id: "participant", type: "number", inputMode: "numeric", min: "1", required: true });
  if (data.plans) {
    number.max = String(data.plans.length);
    number.value = /^#\d+$/.test(location.hash) ? location.hash.slice(1) : "";
    form.append(make("label", { for: "participant" }, "Your participant number"), number);
  }
  form.append(start);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    start.disabled = true;
    try {
      if (data.plans) enterFile(app, number.value);
      else enter(app, (await call("POST", "/api/session", { consent: true })) as SessionState);
    } catch (error) {
      message.textContent = (error as Error).message;
      start.disabled = false;
    }
  });
  const key = (name: string) => make("kbd", {}, name);
  const keys = (...parts: (Node | string)[]) => make("span", { className: "keys" }, ...parts);
  const pairs = make("li", {}, "Two pictures: choose the one that fits better, or “no difference”.");
  pairs.append(keys(" Keys ", key("1"), " ", key("2"), " ", key("0"), ", or arrows and ", key("Enter"), "."));
  const ranks = make("li", {}, "Several pictures: choose them in order, the best first.");
  ranks.append(keys(" Keys ", key("1"), " ", key("2"), " ", key("3"), " …, then ", key("Enter"), "."));
  const list = make("ul", {});
  if (data.kinds.includes("pair")) list.append(pairs);
  if (data.kinds.includes("rank")) list.append(ranks);
  list.append(make("li", {}, "A slip? You can take the last answer back.", keys(" Key ", key("Backspace"), ".")));
  show(
    app,
    make(
      "section",
      { className: "card text" },
      make("h1", { tabIndex: -1 }, data.title),
      make(
        "p",
        {},
        "You will read a sentence and see pictures that are meant to show it. Some are rough: judge which fits the sentence better, not which is prettier.",
      ),
      list,
      make("p", { className: "consent" }, data.consent),
      message,
      form,
    ),
  );
  app.onKey = () => {};
}

/** Without a server: the plan of a participant number, with what this browser kept of it. @throws Error */
export function enterFile(app: App, typed: string): void {
  const { data } = app;
  const plans = data.plans ?? [];
  const number = Number(typed);
  if (!Number.isInteger(number) || number < 1 || number > plans.length)
    throw new Error(`A participant number is from 1 to ${plans.length}.`);
  app.plan = number - 1;
  app.questions = plans[app.plan];
  app.storage = `study ${data.study} ${number}`;
  const kept = recall<{ rater: string; answers: Entries }>(app.storage);
  const words = crypto.getRandomValues(new Uint32Array(4));
  app.rater = kept?.rater ?? [...words].map((w) => w.toString(16).padStart(8, "0")).join("");
  app.entries = kept?.answers ?? {};
  proceed(app);
}

/** With a server: what it knows, and answers that did not reach it before a reload. */
export function enter(app: App, state: SessionState): void {
  app.questions = state.questions;
  app.rater = state.rater;
  app.storage = `study ${app.data.study} ${state.rater}`;
  app.unsent = recall<Submission[]>(app.storage) ?? [];
  app.entries = app.core.withUnsent(state.answers, app.unsent);
  proceed(app);
  void send(app);
}

/** On to the first open question, or to the end. */
export function proceed(app: App): void {
  app.at = app.core.firstOpen(app.questions, app.entries);
  const question = app.questions[app.at];
  if (!question) finish(app);
  else if (question.kind === "pair") askPair(app, question);
  else askRank(app, question);
}

/** Keeps an answer (null: takes it back), sends it, goes on. */
export function answer(app: App, at: number, value: Answer | null, ms: number): void {
  const submission = app.core.nextSubmission(app.entries, app.questions[at].id, value, ms);
  app.entries = app.core.withUnsent(app.entries, [submission]);
  app.undoable = value === null ? null : at;
  if (app.data.mode === "file") {
    if (!keep(app.storage, { rater: app.rater, answers: app.entries }))
      app.refused = "This browser keeps nothing: do not close the page before you have saved the file at the end.";
  } else {
    app.unsent.push(submission);
    keep(app.storage, app.unsent);
    void send(app);
  }
  proceed(app);
}

/** Sends what is unsent, one after the other, trying again as long as the server does not answer. */
export async function send(app: App): Promise<void> {
  if (app.sending) return;
  app.sending = true;
  while (app.unsent.length > 0 && app.refused === "") {
    try {
      await call("PUT", "/api/answers", app.unsent[0]);
      app.unsent.shift();
      keep(app.storage, app.unsent);
      app.failures = 0;
    } catch (error) {
      if ((error as { refused?: boolean }).refused) app.refused = (error as Error).message;
      else app.failures++;
    }
    status(app);
    if (app.failures > 0) await new Promise((resolve) => setTimeout(resolve, app.core.backoff(app.failures)));
  }
  app.sending = false;
}

/** The line under everything: what is not saved. Announced to screen readers when it changes. */
export function status(app: App): void {
  const line = document.getElementById("status");
  if (!line) return;
  const n = app.unsent.length;
  const waiting = `No connection: ${n} ${n === 1 ? "answer waits" : "answers wait"} and will be sent again. Please keep the page open.`;
  const text = app.refused || (app.failures > 0 && n > 0 ? waiting : "");
  if (line.textContent !== text) line.textContent = text;
  const done = document.getElementById("saved");
  if (done) done.textContent = n === 0 ? "All answers are saved. You can close this page." : "Saving your answers …";
}

/** Replaces the page's content and moves the focus to its heading. */
export function show(app: App, ...content: Node[]): void {
  app.root.replaceChildren(...content, make("p", { id: "status", className: "status", role: "status" }));
  status(app);
  app.root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Progress, question, sentence; the same over both kinds. */
export function heading(app: App, question: PublicQuestion, words: string): HTMLElement {
  const total = app.questions.length;
  const label = `Question ${app.at + 1} of ${total}`;
  return make(
    "header",
    {},
    make(
      "div",
      { className: "progress" },
      make("progress", { max: total, value: app.at, "aria-label": "Progress" }),
      make("span", { id: "count" }, label),
    ),
    make("p", { className: "question", id: "question" }, words),
    make("h1", { tabIndex: -1, id: "sentence", "aria-describedby": "question" }, `“${question.sentence}”`),
  );
}

/** The picture at a position as a button, nothing in it telling more than its number. */
export function tile(app: App, question: PublicQuestion, position: number): HTMLButtonElement {
  const id = question.pictures[position];
  const src = app.data.pictures ? app.data.pictures[id] : `/pictures/${id}`;
  const name = `Picture ${position + 1}`;
  return make(
    "button",
    { className: "tile", type: "button", disabled: true, "aria-label": `${name}, key ${position + 1}` },
    make("img", { src, alt: name, draggable: false }),
    make("span", { className: "tag", "aria-hidden": "true" }, make("kbd", {}, `${position + 1}`)),
  );
}

/** Enables the buttons when all pictures are there, and counts the time from then on while the page is visible. */
export function whenSeen(app: App, buttons: readonly HTMLButtonElement[]): { ready: boolean; ms: () => number } {
  const clock = { ready: false, ms: () => spent + (since === null ? 0 : performance.now() - since) };
  let spent = 0;
  let since: number | null = null;
  const at = app.at;
  const loaded = buttons.map(async (button) => {
    const image = button.querySelector("img") as HTMLImageElement;
    for (let tries = 1; ; tries++) {
      try {
        return await image.decode();
      } catch {
        // a picture lost on the way comes again; one that never comes leaves the question closed, and says so
        if (!image.isConnected) return;
        const line = document.getElementById("status");
        if (line) line.textContent = "A picture does not load; trying again …";
        await new Promise((resolve) => setTimeout(resolve, app.core.backoff(tries)));
        image.src = `${image.src}`;
      }
    }
  });
  const toggle = () => {
    if (document.hidden && since !== null) {
      spent += performance.now() - since;
      since = null;
    } else if (!document.hidden && since === null) since = performance.now();
    if (!buttons[0].isConnected) document.removeEventListener("visibilitychange", toggle);
  };
  void Promise.all(loaded).then(() => {
    if (app.at !== at || !buttons[0].isConnected) return;
    for (const button of buttons) button.disabled = false;
    clock.ready = true;
    status(app);
    document.addEventListener("visibilitychange", toggle);
    toggle();
    for (const id of app.questions[at + 1]?.pictures ?? []) if (!app.data.pictures) new Image().src = `/pictures/${id}`;
  });
  return clock;
}

/** Which of two pictures fits better. */
export function askPair(app: App, question: PublicQuestion): void {
  const tiles = question.pictures.map((_, p) => tile(app, question, p));
  const tie = make(
    "button",
    { className: "quiet", type: "button" },
    "No difference ",
    make("kbd", { "aria-hidden": "true" }, "0"),
  );
  const row = make("div", { className: "pair", role: "group", "aria-labelledby": "sentence" }, ...tiles);
  const foot = make("footer", {}, tie, undoButton(app));
  show(
    app,
    make(
      "section",
      { className: "card" },
      heading(app, question, "Which picture fits the sentence better?"),
      row,
      foot,
    ),
  );
  const clock = whenSeen(app, tiles);
  let chosen = false;
  const choose = (value: number | "tie") => {
    if (!clock.ready || chosen) return;
    chosen = true;
    const button = value === "tie" ? tie : tiles[value];
    button.classList.add("chosen");
    const at = app.at;
    const ms = clock.ms();
    app.onKey = () => {};
    setTimeout(() => answer(app, at, value, ms), 140);
  };
  tiles.forEach((button, p) => {
    button.addEventListener("click", () => choose(p));
  });
  tie.addEventListener("click", () => choose("tie"));
  app.onKey = (event) => {
    if (event.key === "1" || event.key === "2") choose(Number(event.key) - 1);
    else if (event.key === "0") choose("tie");
    else if (event.key === "ArrowLeft") tiles[0].focus();
    else if (event.key === "ArrowRight") tiles[1].focus();
    else if (event.key === "ArrowDown") tie.focus();
    else if (event.key === "Backspace") undo(app);
    else return;
    event.preventDefault();
  };
}

/** All pictures of a sentence in order, the best first. */
export function askRank(app: App, question: PublicQuestion): void {
  const { core } = app;
  const count = question.pictures.length;
  const tiles = question.pictures.map((_, p) => tile(app, question, p));
  const badges = tiles.map((button) => {
    const badge = make("span", { className: "badge", "aria-hidden": "true" });
    button.append(badge);
    return badge;
  });
  const next = make(
    "button",
    { className: "primary", type: "button", disabled: true },
    "Next ",
    make("kbd", { "aria-hidden": "true" }, "Enter"),
  );
  const row = make("div", { className: "ranking", role: "group", "aria-labelledby": "sentence" }, ...tiles);
  const words = "Choose the pictures in order: first the one that fits the sentence best.";
  const back = undoButton(app);
  show(app, make("section", { className: "card" }, heading(app, question, words), row, make("footer", {}, next, back)));
  const clock = whenSeen(app, tiles);
  let order: number[] = [];
  const set = (changed: number[]) => {
    order = changed;
    tiles.forEach((button, p) => {
      const place = order.indexOf(p);
      badges[p].textContent = place < 0 ? "" : core.ordinal(place + 1);
      button.classList.toggle("chosen", place >= 0);
      const rank = place < 0 ? "not placed yet" : `${core.ordinal(place + 1)} place`;
      button.setAttribute("aria-label", `Picture ${p + 1}, key ${p + 1}, ${rank}`);
    });
    next.disabled = order.length < count;
    if (!next.disabled) next.focus();
  };
  const press = (position: number) => {
    if (clock.ready && position < count) set(core.pressRank(order, position, count));
  };
  tiles.forEach((button, p) => {
    button.addEventListener("click", () => press(p));
  });
  next.addEventListener("click", () => {
    if (order.length === count) answer(app, app.at, order, clock.ms());
  });
  app.onKey = (event) => {
    const focused = tiles.indexOf(document.activeElement as HTMLButtonElement);
    if (/^[1-9]$/.test(event.key)) press(Number(event.key) - 1);
    else if (event.key === "ArrowLeft") tiles[(Math.max(focused, 0) + count - 1) % count].focus();
    else if (event.key === "ArrowRight") tiles[(focused + 1) % count].focus();
    else if (event.key === "Backspace") {
      if (order.length > 0) set(core.unpressRank(order, count));
      else undo(app);
    } else return;
    event.preventDefault();
  };
}

export function undoButton(app: App): HTMLButtonElement {
  const words = make("span", {}, "Undo last answer ");
  const button = make("button", { className: "quiet", type: "button", disabled: app.undoable === null }, words);
  button.append(make("kbd", { "aria-hidden": "true" }, "⌫"));
  button.addEventListener("click", () => undo(app));
  return button;
}

/** Takes the last answer back: its question is asked again. */
export function undo(app: App): void {
  if (app.undoable !== null) answer(app, app.undoable, null, 0);
}

/** Thanks; without a server, the answers as a file. */
export function finish(app: App): void {
  const content: Node[] = [make("h1", { tabIndex: -1 }, "Thank you!")];
  if (app.data.mode === "file") {
    const file = {
      format: "scenograph study answers",
      version: 1,
      study: app.data.study,
      plan: app.plan,
      rater: app.rater,
      answers: Object.entries(app.entries).map(([question, entry]) => ({ question, ...entry })),
    };
    const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    const name = `answers-${app.data.study.slice(0, 6)}-${app.plan + 1}.json`;
    content.push(
      make(
        "p",
        {},
        `You have answered all ${app.questions.length} questions. Please save your answers and send the file back to whoever asked you.`,
      ),
      make("a", { className: "primary", href: url, download: name, id: "download" }, "Save my answers"),
    );
  } else content.push(make("p", { id: "saved" }));
  if (app.undoable !== null) content.push(make("footer", {}, undoButton(app)));
  show(app, make("section", { className: "card text" }, ...content));
  app.onKey = (event) => {
    if (event.key === "Backspace") undo(app);
  };
}

/** All of the above, for the page. */
export const CLIENT = [
  startPage,
  make,
  call,
  recall,
  keep,
  welcome,
  enterFile,
  enter,
  proceed,
  answer,
  send,
  status,
  show,
  heading,
  tile,
  whenSeen,
  askPair,
  askRank,
  undoButton,
  undo,
  finish,
];
