/**
 * TensorBoard event files: records framed by lengths and masked CRC-32Cs (TensorFlow, "TFRecord"), each an Event message
 * (tensorflow/core/util/event.proto, framework/summary.proto) of scalars and pictures.
 * @module
 */
import { FormatError } from "@scenograph/graph/errors";
import { ProtoWriter, readFields } from "@scenograph/graph/formats/protobuf";
import { crc32c } from "scenograph/formats/crc";

/** An encoded picture, e.g. a PNG file's bytes. */
export interface EventImage {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface TrainingEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars?: Readonly<Record<string, number>>;
  readonly images?: Readonly<Record<string, EventImage>>;
  /** "brain.Event:2" in the first record of a file. */
  readonly fileVersion?: string;
}

const MAX_RECORD = 2 ** 28;

/** The record that a file begins with. */
export function eventFileHeader(wallTime: number): Uint8Array {
  return encodeEvent({ wallTime, step: 0, fileVersion: "brain.Event:2" });
}

/** One framed record: append it to a file named `events.out.tfevents.*`. */
export function encodeEvent(event: TrainingEvent): Uint8Array {
  const message = new ProtoWriter().double(1, event.wallTime).varint(2, event.step);
  if (event.fileVersion !== undefined) message.string(3, event.fileVersion);
  const summary = new ProtoWriter();
  for (const [tag, value] of Object.entries(event.scalars ?? {}))
    summary.message(1, new ProtoWriter().string(1, tag).float(2, value));
  for (const [tag, image] of Object.entries(event.images ?? {})) {
    // Colour space 3 is RGB.
    const body = new ProtoWriter().uint(1, image.height).uint(2, image.width).uint(3, 3).bytes(4, image.bytes);
    summary.message(1, new ProtoWriter().string(1, tag).message(4, body));
  }
  if (event.scalars || event.images) message.message(5, summary);
  const data = message.finish();
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return out;
}

/**
 * All whole records of a file. `validBytes` is where the last of them ends: smaller than the file when the program that
 * wrote it was killed inside a record, and the place to cut it before appending.
 * @throws FormatError when a checksum or a message is wrong.
 */
export function readEvents(bytes: Uint8Array): { readonly events: TrainingEvent[]; readonly validBytes: number } {
  const events: TrainingEvent[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (bytes.length - at >= 12) {
    if (view.getUint32(at + 8, true) !== masked(bytes.subarray(at, at + 8)))
      throw bad(`the checksum of the length at byte ${at} is wrong`);
    const length = view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296;
    if (length > MAX_RECORD) throw bad(`a record has at most ${MAX_RECORD} bytes, got ${length}`);
    if (length + 16 > bytes.length - at) break;
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== masked(data))
      throw bad(`the checksum of the record at byte ${at} is wrong`);
    events.push(decodeEvent(data));
    at += length + 16;
  }
  return { events, validBytes: at };
}

function decodeEvent(data: Uint8Array): TrainingEvent {
  let [wallTime, step] = [0, 0];
  let fileVersion: string | undefined;
  const scalars = new Map<string, number>();
  const images = new Map<string, EventImage>();
  for (const f of readFields(data)) {
    if (f.field === 1 && f.wire === 1) wallTime = f.value;
    else if (f.field === 2 && f.wire === 0) step = whole(BigInt.asIntN(64, f.value), "a step");
    else if (f.field === 3 && f.wire === 2) fileVersion = textOf(f.value);
    else if (f.field === 5 && f.wire === 2)
      for (const v of readFields(f.value)) if (v.field === 1 && v.wire === 2) readValue(v.value, scalars, images);
  }
  return {
    wallTime,
    step,
    ...(fileVersion !== undefined && { fileVersion }),
    ...(scalars.size > 0 && { scalars: Object.fromEntries(scalars) }),
    ...(images.size > 0 && { images: Object.fromEntries(images) }),
  };
}

function readValue(data: Uint8Array, scalars: Map<string, number>, images: Map<string, EventImage>): void {
  let tag = "";
  for (const f of readFields(data)) {
    if (f.field === 1 && f.wire === 2) tag = textOf(f.value);
    else if (f.field === 2 && f.wire === 5) scalars.set(tag, f.value);
    else if (f.field === 4 && f.wire === 2) images.set(tag, readImage(f.value));
  }
}

function whole(value: bigint, what: string): number {
  const n = Number(value);
  if (!Number.isSafeInteger(n)) throw bad(`${what} is a whole number within 2^53, got ${value}`);
  return n;
}

function readImage(data: Uint8Array): EventImage {
  const out = { width: 0, height: 0, bytes: new Uint8Array(0) };
  for (const f of readFields(data)) {
    if (f.field === 1 && f.wire === 0) out.height = whole(f.value, "a height");
    else if (f.field === 2 && f.wire === 0) out.width = whole(f.value, "a width");
    else if (f.field === 4 && f.wire === 2) out.bytes = new Uint8Array(f.value);
  }
  return out;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A CRC of data that hold CRCs themselves is rotated and offset, so that it does not cancel. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function bad(what: string): FormatError {
  return new FormatError(`readEvents(): ${what}; the file is damaged or no event file`);
}
