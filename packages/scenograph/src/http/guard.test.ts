import { describe, expect, test } from "vitest";
import { admission, isLoopback } from "./guard.ts";

const local = { loopback: true, hosts: [], origins: [] };
const own = { host: "127.0.0.1:4180", origin: "http://127.0.0.1:4180", site: "same-origin" };
const program = (host: string | undefined) => ({ host, origin: undefined });
const page = (origin: string | undefined, host = "localhost:8080") => ({ host, origin });
const foreignHost = { admitted: false, code: "foreign_host" };
const foreignOrigin = { admitted: false, code: "foreign_origin" };

describe("Host", () => {
  test.each(["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.1.2.3:1", "[::1]:8080"])(
    "%s is this machine",
    (host) => {
      expect(admission(program(host), local)).toEqual({ admitted: true, cors: undefined });
    },
  );
  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:8080",
    "evil.example:80#localhost",
    "",
    undefined,
  ])("%s is refused on loopback", (host) => {
    expect(admission(program(host), local)).toMatchObject(foreignHost);
  });
  test("a foreign name that leads here is refused though its page is of that name", () => {
    const rebound = { host: "evil.example:4180", origin: "http://evil.example:4180", site: "same-origin" };
    expect(admission(rebound, local)).toMatchObject(foreignHost);
  });
  test("names that are allowed, and any where other machines reach it and none is named", () => {
    expect(admission(program("box.lan:8080"), { ...local, hosts: ["box.lan"] }).admitted).toBe(true);
    expect(admission(program("any.example"), { ...local, loopback: false }).admitted).toBe(true);
    expect(admission(program("any.example"), { ...local, loopback: false, hosts: ["api.example"] })).toMatchObject({
      ...foreignHost,
      message: 'this server answers to api.example alone, got Host "any.example"',
    });
  });
});

describe("Origin", () => {
  test("no page, or a page of this server: let through without CORS", () => {
    for (const request of [page(undefined), page("http://localhost:8080"), own])
      expect(admission(request, local)).toEqual({ admitted: true, cors: undefined });
    const open = { ...local, loopback: false };
    expect(admission(page("https://api.example", "api.example"), open)).toEqual({ admitted: true, cors: undefined });
  });
  test.each(["null", "http://localhost:3000", "http://evil.example", "http://localhost:8080.evil.example"])(
    "%s is foreign",
    (origin) => {
      expect(admission(page(origin), local)).toMatchObject(foreignOrigin);
      expect(admission(page(origin), { ...local, loopback: false })).toMatchObject(foreignOrigin);
    },
  );
  test("what is allowed is named in the answer", () => {
    const options = { ...local, origins: ["https://app.example"] };
    expect(admission(page("https://app.example"), options)).toEqual({ admitted: true, cors: "https://app.example" });
    expect(admission(page("https://other.example"), options)).toMatchObject(foreignOrigin);
    expect(admission(page("https://other.example"), { ...local, origins: ["*"] }).admitted).toBe(true);
  });
  test("a request of another site without an Origin is refused where the site is asked for", () => {
    expect(admission({ ...own, origin: undefined, site: "cross-site" }, local)).toMatchObject(foreignOrigin);
    expect(admission({ ...own, origin: undefined, site: "none" }, local).admitted).toBe(true);
  });
});

test("a link of another site may be followed; its pictures, scripts and forms are refused", () => {
  const link = { ...own, origin: undefined, site: "cross-site", mode: "navigate" };
  expect(admission(link, local).admitted).toBe(true);
  expect(admission({ ...link, mode: "no-cors" }, local)).toMatchObject(foreignOrigin);
  expect(admission({ ...link, origin: "https://evil.example" }, local)).toMatchObject(foreignOrigin);
});

test("addresses of this machine", () => {
  expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].map(isLoopback)).toEqual([true, true, true, true]);
  expect(["0.0.0.0", "::", "192.168.1.4", "127.example.org"].map(isLoopback)).toEqual([false, false, false, false]);
});
