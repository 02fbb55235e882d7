import { expect, test } from "vitest";
import { crc32, crc32c } from "./crc.ts";

test("check values of the CRC catalogue", () => {
  const digits = new TextEncoder().encode("123456789");
  expect(crc32(digits)).toBe(0xcbf43926);
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32(new Uint8Array(0))).toBe(0);
});
