import { expect, test } from "vitest";
import { isLoopback, refusal } from "./guard.node.ts";

const own = { host: "127.0.0.1:4180", origin: "http://127.0.0.1:4180", site: "same-origin" };

test("own pages and programs without a browser are answered", () => {
  expect(refusal(own, true)).toBeUndefined();
  expect(refusal({ host: "localhost:4180", origin: undefined, site: undefined }, true)).toBeUndefined();
  expect(refusal({ ...own, host: "[::1]:1", origin: "http://[::1]:1" }, true)).toBeUndefined();
});

test("foreign pages are not, nor foreign names for this machine", () => {
  expect(refusal({ ...own, origin: "http://evil.example" }, true)).toMatch(/other sites/);
  expect(refusal({ ...own, origin: "null" }, true)).toMatch(/other sites/);
  expect(refusal({ ...own, origin: undefined, site: "cross-site" }, true)).toMatch(/other sites/);
  const rebound = { host: "evil.example:4180", origin: "http://evil.example:4180", site: "same-origin" };
  expect(refusal(rebound, true)).toMatch(/localhost/);
  expect(refusal({ ...own, host: undefined }, true)).toMatch(/localhost/);
  expect(refusal({ ...own, host: "localhost.evil.example", origin: undefined }, true)).toMatch(/localhost/);
});

test("a server that is open to others goes by any name, but only with its own pages", () => {
  expect(refusal({ host: "studio.lan", origin: "https://studio.lan", site: "same-origin" }, false)).toBeUndefined();
  expect(refusal({ host: "studio.lan", origin: "https://evil.example", site: "cross-site" }, false)).toMatch(/other/);
});

test("addresses of this machine", () => {
  expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].map(isLoopback)).toEqual([true, true, true, true]);
  expect(["0.0.0.0", "::", "192.168.1.4", "127.example.org"].map(isLoopback)).toEqual([false, false, false, false]);
});
