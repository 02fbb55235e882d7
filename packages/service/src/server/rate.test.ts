import { expect, test } from "vitest";
import { RateLimiter } from "./rate.ts";

test("a minute's worth at once, then at the rate; callers do not share", () => {
  let now = 0;
  const limiter = new RateLimiter(() => now);
  for (let i = 0; i < 30; i++) expect(limiter.take("a", 30)).toBe(0);
  expect(limiter.take("a", 30)).toBe(2);
  expect(limiter.take("b", 30)).toBe(0);
  now = 1999;
  expect(limiter.take("a", 30)).toBe(1);
  now = 2001;
  expect(limiter.take("a", 30)).toBe(0);
  expect(limiter.take("a", 30)).toBe(2);
  // a pause fills the bucket, no more
  now = 1e7;
  for (let i = 0; i < 30; i++) expect(limiter.take("a", 30)).toBe(0);
  expect(limiter.take("a", 30)).toBe(2);
});

test("many callers do not take memory for ever", () => {
  const limiter = new RateLimiter(() => 0);
  expect(limiter.take("first", 1)).toBe(0);
  for (let i = 0; i < 10_000; i++) limiter.take(`c${i}`, 1);
  // forgotten: it begins anew
  expect(limiter.take("first", 1)).toBe(0);
  expect(limiter.take("c9999", 1)).toBe(60);
});
