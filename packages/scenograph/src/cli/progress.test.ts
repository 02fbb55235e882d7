import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { createProgress, duration, short } from "./progress.ts";

function fakeStream(isTTY: boolean) {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream, text: () => text };
}

it("writes plain lines now and then where there is no terminal", () => {
  const { stream, text } = fakeStream(false);
  const progress = createProgress({ title: "masks", total: 200, unit: "pictures", stream, everySeconds: 1000 });
  for (let i = 1; i <= 150; i++) progress.update(i, { rate: "12 samples/s", secondsLeft: 75, details: "loss 1.5" });
  progress.log("saved");
  expect(text()).toBe("saved\n");
  progress.stop();
  expect(text()).toBe("saved\nmasks 150/200 (75%) 12 samples/s, 1:15 left, loss 1.5\n");
});

it("shows every update after the interval, and the last one once", () => {
  const { stream, text } = fakeStream(false);
  const progress = createProgress({ title: "x", total: 2, unit: "files", stream, everySeconds: 0 });
  progress.update(1, { secondsLeft: 1 });
  progress.update(2);
  progress.stop();
  expect(text()).toBe("x 1/2 (50%) 0:01 left\nx 2/2 (100%)\n");
});

it("draws a bar on a terminal, log lines above it", () => {
  const { stream, text } = fakeStream(true);
  const progress = createProgress({ title: "boxes", total: 10, unit: "steps", stream });
  progress.update(5, { rate: "3 samples/s" });
  progress.log("saved");
  progress.stop();
  expect(text()).toContain("\r\u001b[Ksaved\n");
  expect(text()).toMatch(/boxes █{12}░{12} 50% 5\/10 3 samples\/s/);
});

it.each([
  [0.4, "0:00"],
  [75, "1:15"],
  [3675, "1:01:15"],
])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

it.each([
  [1234.5, "1235"],
  [12.345, "12.3"],
  [0.00012345, "0.000123"],
  [-3, "-3"],
])("%d is shown as %s", (value, text) => expect(short(value)).toBe(text));
