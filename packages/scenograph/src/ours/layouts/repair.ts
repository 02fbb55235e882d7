/**
 * A proposed layout -> the nearest one that does what the sentence asks and that could be real. A sum of costs (off the
 * proposal, against learnt sizes, hidden, outside the picture, relations that do not hold) is lowered by random moves, most of them
 * made for a relation that does not hold. Deterministic given the random stream.
 * @module
 */
import type { Random } from "@scenograph/graph/random";
import type { Box } from "../../scene/scene.ts";
import type { RelationKind } from "../../understand/types.ts";
import type { Constraint } from "./demand.ts";
import { moveBetween, moveObject, moveSubject } from "./place.ts";
import {
  area,
  betweenDistance,
  covered,
  negatedDistance,
  preference,
  relationDistance,
  TOLERANCE,
} from "./relations.ts";
import type { RatioPrior, SizePrior } from "./statistics.ts";

/** An object of a layout while it is repaired. */
export interface Part {
  readonly name: string;
  /** Drawn by the network, or from the prior. */
  readonly proposal: Box;
  readonly prior: SizePrior;
  /** Kept as it is. */
  readonly fixed: boolean;
  readonly size?: "big" | "small";
}

export interface Problem {
  readonly parts: readonly Part[];
  readonly constraints: readonly Constraint[];
  /** log (area i / area j), where the sentence says nothing of it. */
  readonly ratio: (i: number, j: number) => RatioPrior | undefined;
}

export interface Repaired {
  readonly boxes: Box[];
  readonly cost: number;
  /** Relations that do not hold. */
  readonly broken: number;
}

/** Weights of the costs; by hand. */
const WEIGHT = {
  proposal: 0.25,
  ratio: 1,
  overlap: 6,
  hidden: 4,
  frame: 60,
  relation: 40,
  broken: 1.5,
  preference: 8,
  filled: 2,
};
/** Of the picture, by all boxes together. */
const LEAST_USED = 0.16;
const SMALLEST = 0.02;
/** Pairs that are meant to overlap. */
const TOUCHING: ReadonlySet<RelationKind> = new Set([
  "on",
  "in",
  "riding",
  "holding",
  "wearing",
  "under",
  "around",
  "behind",
  "front",
]);
/** Sizes that are asked for against what is usual. */
const SIZED: ReadonlySet<RelationKind> = new Set(["bigger", "smaller", "same"]);

class Search {
  readonly boxes: Box[];
  readonly #placed: { box: Box; name: string }[];
  readonly #of: Constraint[][];
  readonly #pair: (RatioPrior | undefined)[][];
  readonly #touching: boolean[][];

  constructor(
    private readonly problem: Problem,
    private readonly random: Random,
  ) {
    const { parts, constraints } = problem;
    const n = parts.length;
    this.boxes = parts.map((p) => p.proposal);
    this.#placed = parts.map((p) => ({ box: p.proposal, name: p.name }));
    this.#of = parts.map(() => []);
    this.#touching = parts.map(() => new Array<boolean>(n).fill(false));
    const sized = parts.map(() => new Array<boolean>(n).fill(false));
    for (const c of constraints) {
      const all = [c.subject, ...c.objects];
      for (const i of new Set(all)) this.#of[i].push(c);
      for (const o of c.objects) {
        if (TOUCHING.has(c.kind)) this.#touching[c.subject][o] = this.#touching[o][c.subject] = true;
        if (SIZED.has(c.kind)) sized[c.subject][o] = sized[o][c.subject] = true;
      }
    }
    this.#pair = parts.map((_, i) => parts.map((_, j) => (i === j || sized[i][j] ? undefined : problem.ratio(i, j))));
  }

  /** Costs that object i has a part in. */
  cost(i: number): number {
    let total = this.#own(i);
    for (let j = 0; j < this.boxes.length; j++) if (j !== i) total += this.#between(i, j);
    for (const c of this.#of[i]) total += this.#relation(c);
    return total;
  }

  total(): number {
    let total = 0;
    for (let i = 0; i < this.boxes.length; i++) {
      total += this.#own(i);
      for (let j = 0; j < i; j++) total += this.#between(i, j);
    }
    for (const c of this.problem.constraints) total += this.#relation(c);
    return total + this.#filled();
  }

  /** Little of the picture is used: what is asked should be seen. */
  #filled(): number {
    const used = this.boxes.reduce((sum, b) => sum + area(b), 0);
    const lack = Math.max(0, Math.log(LEAST_USED) - Math.log(used));
    return WEIGHT.filled * lack * lack;
  }

  #preference({ kind, subject, objects, negated }: Constraint): number {
    if (negated || objects.length !== 1) return 0;
    return WEIGHT.preference * preference(kind, this.#placed[subject], this.#placed[objects[0]]);
  }

  broken(): Constraint[] {
    return this.problem.constraints.filter((c) => this.#distance(c) > TOLERANCE);
  }

  set(i: number, box: Box): void {
    this.boxes[i] = box;
    this.#placed[i].box = box;
  }

  /** What a relation costs: a step where it does not hold, so that none is left off by a hair. */
  #relation(c: Constraint): number {
    const distance = this.#distance(c);
    return WEIGHT.relation * distance + (distance > TOLERANCE ? WEIGHT.broken : 0) + this.#preference(c);
  }

  #distance(c: Constraint): number {
    const a = this.#placed[c.subject];
    if (c.kind === "between") {
      const d = betweenDistance(a.box, this.boxes[c.objects[0]], this.boxes[c.objects[1]]);
      return c.negated ? (d > TOLERANCE ? 0 : 0.1) : d;
    }
    const b = c.objects.length > 0 ? this.#placed[c.objects[0]] : a;
    return c.negated ? negatedDistance(c.kind, a, b) : relationDistance(c.kind, a, b);
  }

  #own(i: number): number {
    const [x, y, w, h] = this.boxes[i];
    const { proposal: p, prior, size } = this.problem.parts[i];
    const frame = Math.max(0, -x) + Math.max(0, -y) + Math.max(0, x + w - 1) + Math.max(0, y + h - 1);
    const dx = (x + w / 2 - p[0] - p[2] / 2) / 0.15;
    const dy = (y + h - p[1] - p[3]) / 0.12;
    const dw = Math.log(w / p[2]) / 0.35;
    const dh = Math.log(h / p[3]) / 0.35;
    const off = dx * dx + dy * dy + dw * dw + dh * dh;
    const aspect = (Math.log(w / h) - prior.logAspect) / Math.max(prior.logAspectSd, 0.15);
    const odd = Math.max(0, Math.abs(aspect) - 1.8);
    const logArea = Math.log(w * h);
    // too small to be seen, too large to leave room
    const seen = Math.max(0, Math.log(0.002) - logArea) + Math.max(0, logArea - Math.log(0.85));
    const wish =
      size === "big"
        ? Math.max(0, prior.logArea + 0.7 - logArea)
        : size === "small"
          ? Math.max(0, logArea - prior.logArea + 0.7)
          : 0;
    return WEIGHT.frame * frame + WEIGHT.proposal * off + 2 * odd * odd + 2 * seen + wish;
  }

  #between(i: number, j: number): number {
    const [a, b] = [this.boxes[i], this.boxes[j]];
    let total = 0;
    const prior = this.#pair[i][j];
    if (prior) {
      const ratio = Math.log(area(a) / area(b));
      const z = Math.abs(ratio - prior.mean) / Math.min(prior.sd, 1.2);
      const beyond = Math.max(0, z - 0.9);
      total += WEIGHT.ratio * beyond * beyond;
      // the same thing twice: farther is smaller and higher
      if (this.problem.parts[i].name === this.problem.parts[j].name) {
        const down = a[1] + a[3] - b[1] - b[3];
        total += Math.max(0, -ratio * Math.sign(down) - 0.25) * Math.min(Math.abs(down) * 6, 1);
      }
    }
    const share = covered(area(a) < area(b) ? a : b, area(a) < area(b) ? b : a);
    if (share > 0 && !this.#touching[i][j]) {
      const alike = this.problem.parts[i].name === this.problem.parts[j].name;
      const beyond = Math.max(0, share - (alike ? 0.08 : 0.15));
      total += (alike ? 2 : 1) * WEIGHT.overlap * beyond * beyond + (share > 0.7 ? WEIGHT.hidden : 0);
    }
    return total;
  }

  /** Tries a box for object i. */
  #try(i: number, box: Box): boolean {
    if (this.problem.parts[i].fixed || !(box[2] >= SMALLEST && box[3] >= SMALLEST)) return false;
    const before = this.boxes[i];
    const cost = this.cost(i);
    this.set(i, box);
    if (this.cost(i) < cost) return true;
    this.set(i, before);
    return false;
  }

  /** Tries boxes for several objects at once. */
  #tryAll(boxes: readonly (Box | undefined)[]): void {
    const before = [...this.boxes];
    const cost = this.total();
    boxes.forEach((box, i) => {
      if (box && !this.problem.parts[i].fixed) this.set(i, box);
    });
    if (this.total() < cost && this.boxes.every((b) => b[2] >= SMALLEST && b[3] >= SMALLEST)) return;
    before.forEach((box, i) => {
      this.set(i, box);
    });
  }

  /** Brings a relation about, wherever that leads: into the picture by `gathered`. */
  force(c: Constraint): void {
    const { random } = this;
    const { subject, objects, kind, negated } = c;
    const { parts } = this.problem;
    const movable = (i: number) => !parts[i].fixed;
    if (negated) {
      if (movable(subject)) this.#try(subject, inFrame(jitter(this.boxes[subject], 0.5, 0, random)));
      return;
    }
    if (kind === "between") {
      const [b, d] = objects;
      // the outer two make room
      const box = this.boxes[subject];
      const [l, r] = this.boxes[b][0] < this.boxes[d][0] ? [b, d] : [d, b];
      const mid = box[0] + box[2] / 2;
      const gap = box[2] / 2 + 0.01;
      const next = [...this.boxes] as (Box | undefined)[];
      next[l] = [
        Math.min(this.boxes[l][0], mid - gap - this.boxes[l][2]),
        this.boxes[l][1],
        this.boxes[l][2],
        this.boxes[l][3],
      ];
      next[r] = [Math.max(this.boxes[r][0], mid + gap), this.boxes[r][1], this.boxes[r][2], this.boxes[r][3]];
      this.#tryAll(gathered(next as Box[]));
      if (movable(subject)) this.#try(subject, moveBetween(this.boxes[subject], this.boxes[b], this.boxes[d], random));
      return;
    }
    const a = this.#placed[subject];
    const b = objects.length > 0 ? this.#placed[objects[0]] : a;
    const first = movable(subject) && (objects.length === 0 || !movable(objects[0]) || random.bool(0.6));
    const moved = first ? moveSubject(kind, a, b, random) : undefined;
    const i = moved ? subject : (objects[0] ?? subject);
    const box = moved ?? moveObject(kind, a, b, random) ?? moveSubject(kind, a, b, random);
    if (!box || !movable(moved ? subject : i)) return;
    const at = moved || objects.length === 0 || !moveObject(kind, a, b, random) ? subject : i;
    if (!movable(at)) return;
    if (this.#try(at, box)) return;
    // both into the picture
    const next = [...this.boxes];
    next[at] = box;
    this.#tryAll(gathered(next));
  }

  wander(i: number): void {
    const { random } = this;
    const box = this.boxes[i];
    switch (random.int(4)) {
      case 0:
        this.#try(i, jitter(box, 0.12, 0, random));
        return;
      case 1:
        this.#try(i, jitter(box, 0.02, 0.04, random));
        return;
      case 2: {
        const k = Math.exp(0.25 * random.normal());
        const [x, y, w, h] = box;
        this.#try(i, [x + (w * (1 - k)) / 2, y + h * (1 - k), w * k, h * k]);
        return;
      }
      default:
        this.#try(i, inFrame(box));
    }
  }

  /** All at once smaller or larger, about the middle of the floor. */
  zoom(): void {
    const k = Math.exp(0.2 * this.random.normal());
    this.#tryAll(this.boxes.map(([x, y, w, h]) => [0.5 + (x - 0.5) * k, 0.6 + (y - 0.6) * k, w * k, h * k]));
  }
}

function jitter([x, y, w, h]: Box, shift: number, scale: number, random: Random): Box {
  const kw = Math.exp(scale * random.normal());
  const kh = Math.exp(scale * random.normal());
  return [
    x + shift * random.normal() + (w * (1 - kw)) / 2,
    y + 0.6 * shift * random.normal() + h * (1 - kh),
    w * kw,
    h * kh,
  ];
}

/** Moved into the picture, shrunk where it is too large. */
export function inFrame([x, y, w, h]: Box): Box {
  const [ww, hh] = [Math.min(w, 1), Math.min(h, 1)];
  return [Math.min(Math.max(x, 0), 1 - ww), Math.min(Math.max(y, 0), 1 - hh), ww, hh];
}

/** All together shifted, and scaled if they must, so that they are inside the picture. */
function gathered(boxes: readonly Box[]): Box[] {
  const left = Math.min(...boxes.map((b) => b[0]));
  const top = Math.min(...boxes.map((b) => b[1]));
  const width = Math.max(...boxes.map((b) => b[0] + b[2])) - left;
  const height = Math.max(...boxes.map((b) => b[1] + b[3])) - top;
  const k = Math.min(1, 0.98 / width, 0.98 / height);
  const moved = boxes.map(([x, y, w, h]): Box => [(x - left) * k, (y - top) * k, w * k, h * k]);
  const low = Math.min(Math.max(left, 0.01), 0.99 - width * k);
  const high = Math.min(Math.max(top, 0.01), 0.99 - height * k);
  return moved.map(([x, y, w, h]) => [x + low, y + high, w, h]);
}

/** Moves that are tried for each object and for each relation. */
const MOVES = { object: 24, relation: 24, most: 500 };

export function repair(problem: Problem, random: Random): Repaired {
  const search = new Search(problem, random);
  const free = problem.parts.flatMap((p, i) => (p.fixed ? [] : [i]));
  const tries = Math.min(MOVES.object * free.length + MOVES.relation * problem.constraints.length, MOVES.most);
  for (let t = 0; t < tries && free.length > 0; t++) {
    const broken = t % 2 === 0 ? search.broken() : [];
    if (broken.length > 0) search.force(random.pick(broken));
    else if (t % 8 === 1) search.zoom();
    else search.wander(random.pick(free));
  }
  for (let t = 0; t < 60 && search.broken().length > 0; t++) search.force(random.pick(search.broken()));
  const boxes = search.boxes.map((box, i) => (problem.parts[i].fixed ? box : clip(box)));
  boxes.forEach((box, i) => {
    search.set(i, box);
  });
  return { boxes, cost: search.total(), broken: search.broken().length };
}

function clip([x, y, w, h]: Box): Box {
  const [l, t] = [Math.max(x, 0), Math.max(y, 0)];
  return [l, t, Math.max(Math.min(x + w, 1) - l, 0.01), Math.max(Math.min(y + h, 1) - t, 0.01)];
}
