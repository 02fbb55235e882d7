import { stream } from "@scenograph/graph/random";
import { expect, test } from "vitest";
import { Admission, FullError, type Ticket } from "./admission.ts";

/** Admission with a clock of its own. */
function clocked(most = 1000) {
  let ms = 0;
  const admission = new Admission(most, () => ms);
  return { admission, pass: (more: number) => (ms += more), now: () => ms };
}
const wish = { pictures: 1, owner: "a", deadlineMs: 30_000 };

/** What a server of `rate` pictures a second does with clients that ask again as they are told. */
function simulate(rate: number, clients: number, deadlineMs: number, seconds: number) {
  const { admission, pass, now } = clocked(10_000);
  const waiting: { ticket: Ticket; end: number }[] = [];
  const again = Array.from({ length: clients }, () => 0);
  const counts = { done: 0, late: 0, refused: 0 };
  const random = stream(1);
  while (now() < seconds * 1000) {
    for (let client = 0; client < clients; client++) {
      if (again[client] > now()) continue;
      try {
        const ticket = admission.enter({ ...wish, owner: "all", deadlineMs });
        waiting.push({ ticket, end: now() + deadlineMs });
        again[client] = now() + 60_000 + random.uniform();
      } catch (error) {
        counts.refused++;
        again[client] = now() + 1000 * (error as FullError).retryAfter;
      }
    }
    pass(1000 / rate);
    const first = waiting.shift();
    if (!first) continue;
    const late = now() > first.end;
    counts[late ? "late" : "done"]++;
    first.ticket.leave(!late);
  }
  return { ...counts, rate: admission.rate };
}

test("what is admitted is done in time, at any rate, and the server is kept busy", () => {
  for (const rate of [2, 8, 40]) {
    const { done, late, refused, rate: measured } = simulate(rate, 400, 30_000, 120);
    expect([rate, late]).toEqual([rate, 0]);
    expect(done).toBeGreaterThan(0.6 * Math.min(400, rate * 120));
    if (rate < 10) expect(refused).toBeGreaterThan(0);
    expect(measured / rate).toBeGreaterThan(0.8);
  }
});

test("a wait that would outlast the deadline is refused, with the seconds until it would not", () => {
  const { admission, pass } = clocked();
  const tickets = Array.from({ length: 100 }, () => admission.enter({ ...wish, patient: true }));
  // 10 a second
  for (const ticket of tickets.slice(0, 40)) {
    pass(100);
    ticket.leave(true);
  }
  expect(admission.rate).toBeCloseTo(10, 0);
  const hasty = () => admission.enter({ ...wish, owner: "b", deadlineMs: 2000 });
  expect(hasty).toThrow(FullError);
  expect(hasty).toThrow(/60 pictures wait already, more than are done in time; try again in 5 s/);
  expect(admission.enter({ ...wish, owner: "b", deadlineMs: 30_000 }).order).toBeGreaterThan(0);
  // jobs have hours, and are bounded elsewhere
  expect(() => admission.enter({ ...wish, deadlineMs: 1, patient: true })).not.toThrow();
});

test("callers take turns, and one cannot fill all places", () => {
  const { admission } = clocked(100);
  const long = { ...wish, deadlineMs: 1e9 };
  const many = Array.from({ length: 40 }, () => admission.enter(long));
  const [one, two] = [0, 1].map(() => admission.enter({ ...long, owner: "b" }));
  expect(one.order).toBeLessThan(many[1].order);
  expect(two.order).toBeLessThan(many[2].order);
  expect(two.order).toBeGreaterThan(many[1].order);
  for (let i = 0; i < 10; i++) admission.enter(long);
  expect(() => admission.enter(long)).toThrow(/50 pictures of yours wait already/);
  for (let i = 0; i < 40; i++) admission.enter({ ...long, owner: "b" });
  expect(admission.admitted).toBe(92);
});

test("what was given up leaves its place and counts for no rate; leaving twice is once", () => {
  const { admission, pass } = clocked(1);
  const ticket = admission.enter(wish);
  expect(() => admission.enter(wish)).toThrow(/1 pictures wait already, of 1 that may/);
  pass(5000);
  const { rate } = admission;
  ticket.leave(false);
  ticket.leave(false);
  expect([admission.admitted, admission.rate]).toEqual([0, rate]);
  admission.enter(wish);
});
