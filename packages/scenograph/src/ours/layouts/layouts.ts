/**
 * Layouts that satisfy a sentence. The paper's sampling proposes several whole layouts whose labels are what is asked; the likeliest
 * are repaired until relations and sizes hold; the best is taken. Ours. With `extras` 1 a layout is as in photographs: the learnt
 * sampler, and only what is missing or against a relation is changed.
 * @module
 */

import { bucket, chunks } from "@scenograph/graph/nn/buckets";
import { ProgramCache } from "@scenograph/graph/nn/programs";
import { floats, type Weights } from "@scenograph/graph/nn/weights";
import { stream } from "@scenograph/graph/random";
import type { Runtime } from "@scenograph/graph/runtime/runtime";
import { STATISTICS } from "../../paper/boxes/model.ts";
import { Recurrence } from "../../paper/boxes/network.ts";
import type { BoxSampler, LoadedBoxSampler } from "../../paper/boxes/sampler.ts";
import type { BoxGenerator, BoxOptions, BoxRequest, Sentence } from "../../pipeline.ts";
import type { Categories } from "../../scene/categories.ts";
import { type Box, isLabelled, type SceneObject } from "../../scene/scene.ts";
import type { RelationKind } from "../../understand/types.ts";
import { asLearnt, type BoxesConfig, createBoxGenerator, seamsOf } from "../boxes/index.ts";
import { type Constraint, demandOf, MOST_OBJECTS } from "./demand.ts";
import { extraCount, type Job, keeps, match, mentionsOf } from "./job.ts";
import { openPrior } from "./open.ts";
import { asInPhotographs } from "./photographs.ts";
import { MOST_ROWS, type Network, type Proposal, type ProposalRequest, propose } from "./propose.ts";
import { area, betweenDistance, negatedDistance, relationDistance } from "./relations.ts";
import { inFrame, type Part, type Problem, type Repaired, repair } from "./repair.ts";
import type { RatioPrior, SizePrior, SizeTable } from "./statistics.ts";

/** Unasked objects: 0 none, 1 as in photographs. This gives .3 of them a layout. */
export const DEFAULT_EXTRAS = 0.3;

export interface LayoutsOptions {
  /** The model's. */
  readonly categories: Categories;
  readonly table: SizeTable;
  /** Whole layouts that are proposed for a sentence, and how many of them are repaired. */
  readonly candidates?: number;
  readonly repaired?: number;
}

const CANDIDATES = 4;
const REPAIRED = 2;

const TEMPERATURE = { label: 0.5, box: 0.45 };
/** How much of the choice is the learnt density. */
const DENSITY = 0.6;

export function createLayouts(
  inner: BoxSampler,
  learnt: BoxSampler,
  network: Network,
  options: LayoutsOptions,
): BoxGenerator {
  const { categories, table, candidates = CANDIDATES, repaired = REPAIRED } = options;
  const { names } = categories;
  const index = new Map(names.map((name, i) => [name, i]));

  const jobOf = (request: BoxRequest, { extras = DEFAULT_EXTRAS, closed, maxObjects }: BoxOptions): Job => {
    const { sentence, seed } = request;
    const limit = Math.max(1, Math.min(maxObjects ?? MOST_OBJECTS, MOST_OBJECTS));
    const demand = demandOf(sentence.understood!, seed, { limit, ...(closed && { closed }) });
    const fixed = [...request.fixed.filter(isLabelled), ...(request.kept ?? [])];
    const room = limit - Math.max(demand.wanted.length, fixed.length);
    return {
      ...match(demand.wanted, fixed),
      request,
      demand,
      fixed,
      loose: false,
      extras: demand.only ? 0 : Math.min(extraCount(seed, extras), room),
    };
  };

  /** The learnt layout stands for what it has of what is asked. */
  const photographs = async (requests: readonly BoxRequest[], o: BoxOptions): Promise<Job[]> => {
    const drawn = await asInPhotographs(inner, requests, o);
    return requests.map((request, i) => {
      const limit = Math.max(o.maxObjects ?? MOST_OBJECTS, request.fixed.length);
      const demand = demandOf(request.sentence.understood!, request.seed, {
        limit,
        fewest: true,
        ...(o.closed && { closed: true }),
      });
      const fixed = [...drawn[i].filter(isLabelled), ...(request.kept ?? [])];
      return { ...match(demand.wanted, fixed), request, demand, fixed, extras: 0, loose: true };
    });
  };

  const complete = async (jobs: readonly Job[], o: BoxOptions): Promise<SceneObject[][]> => {
    const temperature = { label: o.labelTemperature ?? TEMPERATURE.label, box: o.boxTemperature ?? TEMPERATURE.box };
    const cold = temperature.box === 0;
    const rows: { job: number; request: ProposalRequest }[] = jobs.flatMap((job, j) =>
      Array.from({ length: candidates }, (_, k) => ({ job: j, request: proposalOf(job, k, cold) })),
    );
    const proposals: Proposal[][] = jobs.map(() => []);
    for (let at = 0; at < rows.length; at += MOST_ROWS) {
      const piece = rows.slice(at, at + MOST_ROWS);
      // a lone row is summed in another order than several: candidates keep every batch at least so large
      const drawn = await propose(
        network,
        piece.map((r) => r.request),
        temperature,
      );
      drawn.forEach((p, i) => {
        proposals[piece[i].job].push(p);
      });
    }
    return jobs.map((job, j) => best(job, proposals[j]));
  };

  const proposalOf = (job: Job, k: number, cold: boolean): ProposalRequest => {
    const { demand, missing, request, fixed } = job;
    const labels = missing.flatMap((w) =>
      demand.wanted[w].label === null ? [] : [index.get(demand.wanted[w].label!)!],
    );
    return {
      sentence: { ...request.sentence, mentions: mentionsOf(demand.wanted, index) } satisfies Sentence,
      fixed: fixed.filter(isLabelled).map((f) => ({ label: index.get(f.label)!, box: f.box })),
      wanted: labels,
      extras: job.extras,
      closed: new Set([...demand.closed].flatMap((name) => index.get(name) ?? [])),
      random: stream(cold ? 0 : request.seed, "layout", k),
    };
  };

  const best = (job: Job, proposals: readonly Proposal[]): SceneObject[] => {
    const { demand, fixed, missing, request } = job;
    const labelled = missing.filter((w) => demand.wanted[w].label !== null);
    const open = missing.filter((w) => demand.wanted[w].label === null);
    const drafts = proposals.map((proposal, k) => {
      const random = stream(request.seed, "repair", k);
      const of = new Map<number, number>([...job.stands]);
      const against = new Set<number>();
      const parts: Part[] = fixed.map((f, i) => {
        const stood = [...job.stands].find(([, at]) => at === i)?.[0];
        const name = f.label ?? (stood === undefined ? (f.phrase ?? "") : demand.wanted[stood].name);
        return { name, proposal: f.box, prior: priorOf(name), fixed: true };
      });
      for (const p of proposal.objects) {
        if (p.wanted >= 0) of.set(labelled[p.wanted], parts.length);
        const size = p.wanted >= 0 ? demand.wanted[labelled[p.wanted]].size : undefined;
        parts.push({
          name: names[p.label],
          proposal: steady(inFrame(p.box)),
          prior: priorOf(names[p.label]),
          fixed: false,
          ...(size && { size }),
        });
      }
      for (const w of open) {
        of.set(w, parts.length);
        const { name, size } = demand.wanted[w];
        const prior = openPrior(name, likeOf(request.sentence, name), table);
        parts.push({ name, proposal: fromPrior(prior, random), prior, fixed: false, ...(size && { size }) });
      }
      if (fixed.length === 0) nearer(parts);
      const constraints = demand.constraints.flatMap((c) => {
        const all = [c.subject, ...c.objects].map((w) => of.get(w));
        if (all.some((i) => i === undefined)) return [];
        const own = { ...c, subject: all[0]!, objects: all.slice(1) as number[] };
        // photographs show "a man on a bench" in their own way: only what is said of sides and sizes is made to hold
        const drawn = all.every((i) => i! < fixed.length);
        if (job.loose && drawn) {
          if (!STATED.has(c.kind) || !isOff(own, parts)) return [];
          for (const i of all) against.add(i!);
        }
        return [own];
      });
      // what was drawn as in a photograph stays, unless it is against what is said
      const held = parts.map((p, i) => (against.has(i) && !keeps(job, i) ? { ...p, fixed: false } : p));
      const problem: Problem = { parts: held, constraints, ratio: (i, j) => ratioOf(held[i], held[j]) };
      return { proposal, of, problem, random, first: -DENSITY * (Math.round(proposal.density * 1024) / 1024) };
    });
    const cheapest = drafts.sort((a, b) => a.first - b.first).slice(0, repaired);
    let chosen: { draft: (typeof drafts)[number]; result: Repaired; cost: number } | undefined;
    for (const draft of cheapest) {
      const idle = job.loose && missing.length === 0 && draft.problem.constraints.length === 0;
      const result = idle
        ? { boxes: draft.problem.parts.map((p) => p.proposal), cost: 0, broken: 0 }
        : repair(draft.problem, draft.random);
      const cost = result.cost + draft.first + 100 * result.broken;
      if (!chosen || cost < chosen.cost) chosen = { draft, result, cost };
    }
    return chosen ? objectsOf(job, chosen.draft, chosen.result.boxes) : [...request.fixed];
  };

  const objectsOf = (
    job: Job,
    draft: { proposal: Proposal; of: ReadonlyMap<number, number>; problem: Problem },
    boxes: readonly Box[],
  ): SceneObject[] => {
    const { demand, fixed, request } = job;
    const wantedAt = new Map([...draft.of].map(([w, part]) => [part, demand.wanted[w]]));
    const ids = new Set([...request.fixed, ...(request.kept ?? [])].map((f) => f.id));
    let k = request.fixed.length;
    const nextId = () => {
      do k++;
      while (ids.has(`o${k}`));
      return `o${k}`;
    };
    const made = draft.problem.parts.map((part, i): SceneObject => {
      const given = fixed[i];
      const wanted = wantedAt.get(i);
      if (given && keeps(job, i)) return given;
      const phrase = wanted && { phrase: wanted.phrase };
      const box = boxes[i];
      if (given) return { ...given, ...phrase, box };
      const drawn = draft.proposal.objects[i - fixed.length];
      if (drawn) return { id: "", label: part.name, box, score: drawn.score, ...phrase };
      const like = likeOf(request.sentence, part.name);
      return { id: "", label: null, box, ...phrase, ...(like !== undefined && { like }) };
    });
    const order = drawingOrder(boxes, draft.problem);
    const free = order.filter((i) => !keeps(job, i)).map((i) => ({ ...made[i], id: nextId() }));
    return [...request.fixed, ...free];
  };

  const priorOf = (name: string): SizePrior => table.prior(name) ?? openPrior(name, undefined, table);
  const ratioOf = (a: Part, b: Part): RatioPrior | undefined => {
    const seen = table.ratio(a.name, b.name);
    if (seen) return seen;
    const mean = a.prior.scale - b.prior.scale;
    return { mean, sd: 1.1, low: mean - 2.6, high: mean + 2.6, pictures: 0 };
  };

  return {
    async infer(requests, o = {}) {
      const results: SceneObject[][] = new Array(requests.length);
      const groups = { learnt: [] as number[], photographs: [] as number[], asked: [] as number[] };
      requests.forEach((r, i) => {
        const u = r.sentence.understood;
        const nothing = !u?.things.some((t) => !t.negated && (t.category !== null || !o.closed));
        if (o.rules === false || !u) groups.learnt.push(i);
        else if ((o.extras ?? DEFAULT_EXTRAS) >= 1 || (nothing && !u.only)) groups.photographs.push(i);
        else groups.asked.push(i);
      });
      const take = async (of: readonly number[], work: (r: readonly BoxRequest[]) => Promise<SceneObject[][]>) => {
        if (of.length === 0) return;
        const found = await work(of.map((i) => requests[i]));
        of.forEach((i, k) => {
          results[i] = found[k];
        });
      };
      await take(groups.learnt, (r) => (o.rules === false ? learnt.infer(r, o) : asInPhotographs(inner, r, o)));
      await take(groups.photographs, async (r) => complete(await photographs(r, o), o));
      await take(groups.asked, async (r) =>
        complete(
          r.map((one) => jobOf(one, o)),
          o,
        ),
      );
      return results;
    },
  };
}

/** Relations that hold in photographs too, where somebody says them. */
const STATED: ReadonlySet<RelationKind> = new Set([
  "left",
  "right",
  "between",
  "bigger",
  "smaller",
  "same",
  "at-left",
  "at-right",
  "at-top",
  "at-bottom",
]);

/** Plainly against what is said, not by a hair. */
const PLAINLY = 0.05;

function isOff({ kind, subject, objects, negated }: Constraint, parts: readonly Part[]): boolean {
  const placed = (i: number) => ({ box: parts[i].proposal, name: parts[i].name });
  if (negated) return negatedDistance(kind, placed(subject), placed(objects[0] ?? subject)) > 0;
  if (kind === "between")
    return betweenDistance(parts[subject].proposal, parts[objects[0]].proposal, parts[objects[1]].proposal) > PLAINLY;
  return relationDistance(kind, placed(subject), placed(objects[0] ?? subject)) > PLAINLY;
}

/**
 * On a grid of 1/16384 of the picture: engines sum in different orders, and what the repair does must not hang on the seventh
 * digit, or a browser's layout would be another than Node's.
 */
function steady([x, y, w, h]: Box): Box {
  const on = (v: number) => Math.round(v * 16384) / 16384;
  return [on(x), on(y), on(w), on(h)];
}

function likeOf(sentence: Sentence, noun: string): string | undefined {
  return sentence.understood?.undrawable.find((u) => u.word === noun)?.nearest[0];
}

function fromPrior(prior: SizePrior, random: ReturnType<typeof stream>): Box {
  const logArea = prior.logArea + 0.5 * prior.logAreaSd * random.normal();
  const aspect = prior.logAspect + 0.5 * prior.logAspectSd * random.normal();
  const w = Math.min(Math.exp((logArea + aspect) / 2), 0.95);
  const h = Math.min(Math.exp((logArea - aspect) / 2), 0.95);
  const foot = prior.foot + prior.footSd * random.normal();
  return inFrame([random.uniform(0.05, 0.95 - Math.min(w, 0.9)), foot - h, w, h]);
}

/** Of the picture, by all boxes together: a camera would go as near. */
const LEAST_USED = 0.16;

/** All proposals enlarged together, where little of the picture is used. */
function nearer(parts: Part[]): void {
  const used = parts.reduce((sum, p) => sum + area(p.proposal), 0);
  if (parts.length === 0 || used >= LEAST_USED) return;
  const left = Math.min(...parts.map((p) => p.proposal[0]));
  const top = Math.min(...parts.map((p) => p.proposal[1]));
  const width = Math.max(...parts.map((p) => p.proposal[0] + p.proposal[2])) - left;
  const height = Math.max(...parts.map((p) => p.proposal[1] + p.proposal[3])) - top;
  const k = Math.max(1, Math.min(Math.sqrt(LEAST_USED / used), 0.94 / width, 0.94 / height));
  const x = Math.min(Math.max(left + (width * (1 - k)) / 2, 0.02), 0.98 - width * k);
  const y = Math.min(Math.max(top + height * (1 - k), 0.02), 0.98 - height * k);
  parts.forEach((p, i) => {
    const [px, py, w, h] = p.proposal;
    parts[i] = { ...p, proposal: [x + (px - left) * k, y + (py - top) * k, w * k, h * k] };
  });
}

/** Large ones first, but what is on, in or in front of another after it. */
function drawingOrder(boxes: readonly Box[], { constraints }: Problem): number[] {
  const order = boxes.map((_, i) => i).sort((a, b) => area(boxes[b]) - area(boxes[a]));
  for (let round = 0; round < 3; round++)
    for (const { kind, subject, objects, negated } of constraints) {
      if (negated || objects.length !== 1) continue;
      const [a, b] = [order.indexOf(subject), order.indexOf(objects[0])];
      const later = kind === "on" || kind === "in" || kind === "riding" || kind === "front";
      const earlier = kind === "behind" || kind === "holding" || kind === "wearing";
      if ((later && a < b) || (earlier && a > b)) {
        const [from, to] = later ? [a, b] : [b, a];
        const [moved] = order.splice(from, 1);
        order.splice(to, 0, moved);
      }
    }
  return order;
}

/** Draws of each box where whole layouts are drawn several times. */
const CANDIDATES_OF_MANY = 8;

/** Sampler of a model with weights "boxes.*": layouts that satisfy the sentence; `next` is the learnt distribution. */
export function createLayoutSampler(
  runtime: Runtime,
  config: BoxesConfig,
  textSize: number,
  weights: Weights,
  options: LayoutsOptions,
): LoadedBoxSampler {
  const few = { ...config.ours, candidates: Math.min(config.ours.candidates, CANDIDATES_OF_MANY) };
  const inner = createBoxGenerator(runtime, { ...config, ours: few }, textSize, weights, options.categories);
  const own: BoxesConfig = { ...config, ours: { ...config.ours, candidates: 1, guidance: 0, crowding: 0 } };
  const cache = new ProgramCache(runtime, weights);
  const statistics = floats(weights, STATISTICS, [2, 4]);
  const network: Network = {
    cache,
    config: own,
    textSize,
    statistics: { mean: statistics.slice(0, 4), std: statistics.slice(4) },
  };
  const learnt = createBoxGenerator(runtime, asLearnt(config), textSize, weights, options.categories);
  const layouts = createLayouts(inner, learnt, network, options);
  return {
    infer: layouts.infer,
    next: inner.next,
    async prepare(count) {
      const rows = count * (options.candidates ?? CANDIDATES);
      const sizes = new Set(chunks(Array.from({ length: rows })).map((c) => bucket(c.length)));
      for (const n of sizes) await Recurrence.load(cache, own, textSize, n, seamsOf(own));
    },
    async release() {
      await Promise.all([inner.release(), learnt.release(), cache.release()]);
    },
  };
}
