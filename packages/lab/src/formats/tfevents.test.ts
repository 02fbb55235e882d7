import { FormatError } from "@scenograph/graph/errors";
import { ProtoWriter } from "@scenograph/graph/formats/protobuf";
import fc from "fast-check";
import { crc32c } from "scenograph/formats/crc";
import { describe, expect, test } from "vitest";
import { encodeEvent, eventFileHeader, readEvents, type TrainingEvent } from "./tfevents.ts";

const events: TrainingEvent[] = [
  { wallTime: 1700000000.25, step: 0, fileVersion: "brain.Event:2" },
  { wallTime: 1700000001.5, step: 100, scalars: { "loss/box": -3.75, "loss/label": 1.5 } },
  { wallTime: 1700000002, step: 2 ** 40, images: { samples: { width: 3, height: 2, bytes: Uint8Array.of(1, 2, 3) } } },
];

/** An event with one picture, whose tag is "__proto__". */
function summary(image: ProtoWriter): ProtoWriter {
  const value = new ProtoWriter().string(1, "__proto__").message(4, image);
  return new ProtoWriter().message(5, new ProtoWriter().message(1, value));
}

/** The bytes of a message as a record. */
function framed(message: Uint8Array): Uint8Array {
  const masked = (bytes: Uint8Array) => {
    const crc = crc32c(bytes);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const out = new Uint8Array(message.length + 16);
  const view = new DataView(out.buffer);
  view.setUint32(0, message.length, true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(message, 12);
  view.setUint32(12 + message.length, masked(message), true);
  return out;
}

function file(list: readonly TrainingEvent[]): Uint8Array {
  return Uint8Array.from(list.flatMap((e) => [...encodeEvent(e)]));
}

test("the first record of a file, as TensorFlow writes it", () => {
  // wall_time 1.0, file_version "brain.Event:2"; step 0 is written out, which proto3 readers take alike.
  const bytes = eventFileHeader(1);
  expect(Buffer.from(bytes.subarray(0, 8)).toString("hex")).toBe("1a00000000000000");
  expect(Buffer.from(bytes.subarray(12, -4)).toString("hex")).toBe(
    `09000000000000f03f10001a0d${Buffer.from("brain.Event:2").toString("hex")}`,
  );
  // The masked CRC-32C of the length 24 that opens millions of real event files.
  const known = Uint8Array.of(0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22);
  expect(readEvents(known)).toEqual({ events: [], validBytes: 0 });
});

test("round trip", () => {
  const bytes = file(events);
  expect(readEvents(bytes)).toEqual({ events, validBytes: bytes.length });
});

describe("damage", () => {
  const bytes = file(events);

  test("a file cut inside a record gives the whole records before it", () => {
    const ends = [0, ...events.map((_, i) => file(events.slice(0, i + 1)).length)];
    for (let n = 0; n <= bytes.length; n++) {
      const read = readEvents(bytes.subarray(0, n));
      const whole = ends.filter((e) => e <= n).length - 1;
      expect(read.events).toHaveLength(whole);
      expect(read.validBytes).toBe(ends[whole]);
    }
  });

  test("every flipped bit is noticed", () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => readEvents(damaged)).toThrow(FormatError);
    }
  });

  test("numbers beyond 2^53 are refused, for they could not be written again", () => {
    const records = [new ProtoWriter().varint(2, -(1n << 60n)), summary(new ProtoWriter().varint(1, 1n << 63n))];
    for (const record of records) expect(() => readEvents(framed(record.finish()))).toThrow(/within 2\^53/);
  });

  test("a record of 100,000 values takes no longer for each", () => {
    const scalars = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`s${i}`, i]));
    const bytes = encodeEvent({ wallTime: 1, step: 1, scalars });
    const start = performance.now();
    expect(Object.keys(readEvents(bytes).events[0].scalars!)).toHaveLength(1e5);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test("a tag may be called __proto__", () => {
    const bytes = framed(summary(new ProtoWriter().uint(1, 1)).finish());
    const [event] = readEvents(bytes).events;
    expect(Object.keys(event.images!)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(event.images)).toBe(Object.prototype);
  });

  test("any scalars survive as 32-bit floats", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.float()), fc.integer(), (scalars, step) => {
        const bytes = encodeEvent({ wallTime: 0, step, scalars });
        expect(readEvents(bytes).events[0]).toEqual({
          wallTime: 0,
          step,
          ...(Object.keys(scalars).length > 0 ? { scalars: { ...scalars } } : {}),
        });
      }),
      { numRuns: 100 },
    );
  });
});
