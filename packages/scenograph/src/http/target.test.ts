import { describe, expect, test } from "vitest";
import { readTarget } from "./target.ts";

describe("readTarget", () => {
  test.each(["/", "/?a=b", "/v1/models/a%2Fb", "/a//b", "/a:b@c", "/?u=http://x/\\y", "/%5c", "/straße"])(
    "%s is a path",
    (url) => {
      expect(readTarget(url)).toEqual({ ok: true, path: url });
    },
  );
  test.each([
    undefined,
    "",
    "//",
    "//evil.example/x",
    "/\\evil.example",
    "/a\\b",
    "*",
    "evil.example:443",
    "a/b",
    "/a b",
    "/a#b",
    "ftp://a/",
    "http://",
    "http:///x",
    "http://a b/",
    "http://u:p@host/",
    "http://a.example//x",
    `/${"a".repeat(9000)}`,
  ])("%s is refused", (url) => {
    expect(readTarget(url)).toMatchObject({ ok: false, message: expect.stringMatching(/correct the address$/) });
  });
  test("an absolute one gives path and host: the Host header does not count beside it", () => {
    expect(readTarget("http://evil.example:81/a?b")).toEqual({ ok: true, path: "/a?b", host: "evil.example:81" });
    expect(readTarget("HTTP://[::1]:8080?b")).toEqual({ ok: true, path: "/?b", host: "[::1]:8080" });
  });
});
