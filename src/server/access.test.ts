import { describe, expect, test } from "vitest";
import { checkHost, checkOrigin } from "./access.ts";

const local = { loopback: true, hosts: [], origins: [] };

describe("Host", () => {
  test.each(["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])("%s is this machine", (host) => {
    expect(() => checkHost(host, local)).not.toThrow();
  });
  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:8080",
    "evil.example:80#localhost",
    "",
    undefined,
  ])("%s is refused on loopback", (host) => {
    expect(() => checkHost(host, local)).toThrow(/is not this server's/);
  });
  test("names that are allowed, and any where other machines reach it and none is named", () => {
    expect(() => checkHost("box.lan:8080", { ...local, hosts: ["box.lan"] })).not.toThrow();
    expect(() => checkHost("any.example", { ...local, loopback: false })).not.toThrow();
    expect(() => checkHost("any.example", { ...local, loopback: false, hosts: ["api.example"] })).toThrow();
  });
});

describe("Origin", () => {
  test("no page, or a page of this server: let through without CORS", () => {
    expect(checkOrigin(undefined, "localhost:8080", local)).toBeUndefined();
    expect(checkOrigin("http://localhost:8080", "localhost:8080", local)).toBeUndefined();
    expect(checkOrigin("https://api.example", "api.example", local)).toBeUndefined();
  });
  test.each(["null", "http://localhost:3000", "http://evil.example", "http://localhost:8080.evil.example"])(
    "%s is foreign",
    (origin) => {
      expect(() => checkOrigin(origin, "localhost:8080", local)).toThrow(/may not use this server/);
    },
  );
  test("what is allowed is named in the answer", () => {
    const options = { ...local, origins: ["https://app.example"] };
    expect(checkOrigin("https://app.example", "localhost:8080", options)).toBe("https://app.example");
    expect(() => checkOrigin("https://other.example", "localhost:8080", options)).toThrow();
    expect(checkOrigin("https://other.example", "x", { ...local, origins: ["*"] })).toBe("https://other.example");
  });
});
