import { stream } from "@scenograph/graph/random";
import { describe, expect, it } from "vitest";
import { bitmapIou } from "../evaluate/masks.ts";
import { segmenterConfig } from "./config.ts";
import { cropOf, type Example, expectedOverlap, jittered, placeInCrop, segmenterFeeds, uncrop } from "./data.ts";
import { drawTriangle } from "./segmenter.fixture.ts";

const config = segmenterConfig.parse({ context: 1.5, minAspect: 0.4, minPixels: 12 });

describe("cropOf", () => {
  it("is the box with its surroundings, about the same centre", () => {
    const crop = cropOf([0.25, 0.5, 0.5, 0.25], 200, 100, config);
    expect(crop).toEqual({ left: 25, top: 42.5, width: 150, height: 40, turned: false });
  });
  it("is no thinner than minAspect and no smaller than minPixels", () => {
    const thin = cropOf([0.5, 0, 0.01, 1], 100, 100, config);
    expect([thin.width, thin.height]).toEqual([40, 150]);
    const tiny = cropOf([0.5, 0.5, 0.02, 0.02], 100, 100, config);
    expect([tiny.width, tiny.height]).toEqual([12, 12]);
  });
  it("keeps the box inside when it is jittered", () => {
    const random = stream(1);
    const picture = { width: 100, height: 100, data: new Uint8Array(0) };
    const train = segmenterConfig.parse({}).train;
    for (let i = 0; i < 200; i++) {
      const crop = jittered(cropOf([0.2, 0.3, 0.4, 0.5], 100, 100, { ...config, context: 1.3333 }), train, random);
      const [l, t, r, b] = placeInCrop([0.2, 0.3, 0.4, 0.5], picture, crop);
      expect(Math.min(l, t, 1 - r, 1 - b)).toBeGreaterThan(0);
    }
  });
});

describe("segmenterFeeds", () => {
  const { picture, object, mask } = drawTriangle(stream(5));
  const crop = cropOf(object.box, 48, 48, config);
  const other = { classIndex: 4, box: [0, 0, 1, 1] as [number, number, number, number] };
  const example: Example = { picture, object, others: [object, other], crop, mask };

  it("shows the object in a mirror when the crop is turned", () => {
    const plain = segmenterFeeds([example], 1, 32);
    const turned = segmenterFeeds([{ ...example, crop: { ...crop, turned: true } }], 1, 32);
    const flip = (v: Uint8Array, side: number) => v.map((_, i) => v[i - (i % side) + side - 1 - (i % side)]);
    expect(turned.pixels).toEqual(flip(plain.pixels as Uint8Array, 32));
    expect(turned.targets).toEqual(flip(plain.targets as Uint8Array, 16));
    const [l, , r] = plain.places as Float32Array;
    expect((turned.places as Float32Array)[0]).toBeCloseTo(1 - r, 5);
    expect((turned.places as Float32Array)[2]).toBeCloseTo(1 - l, 5);
  });

  it("marks other boxes by whether they are of the class, never its own", () => {
    const guides = segmenterFeeds([example], 1, 32).guides as Uint8Array;
    expect(guides.slice(0, 256).every((v) => v === 0)).toBe(true);
    expect(guides.slice(256).some((v) => v === 255)).toBe(true);
  });

  it("brings a mask into the crop, and uncrop brings it back", () => {
    const { targets } = segmenterFeeds([example], 1, 96);
    const back = uncrop(
      Float32Array.from(targets as Uint8Array, (v) => v / 255),
      crop,
      48,
      object.box,
      picture,
    );
    expect(
      bitmapIou(
        back.map((v) => (v > 0.5 ? 1 : 0)),
        mask,
      ),
    ).toBeGreaterThan(0.95);
    const outside = uncrop(new Float32Array(48 * 48).fill(1), crop, 48, object.box, picture);
    const area = object.box[2] * object.box[3] * 48 * 48;
    expect(outside.reduce((a, b) => a + b, 0)).toBeCloseTo(area, 3);
  });
});

it("expects the overlap that the probabilities promise", () => {
  expect(expectedOverlap(Float32Array.of(1, 1, 0, 0), 0.5)).toBe(1);
  expect(expectedOverlap(Float32Array.of(0.8, 0.8, 0.4, 0), 0.5)).toBeCloseTo(1.6 / 2.4, 6);
  expect(expectedOverlap(Float32Array.of(0, 0), 0.5)).toBe(0);
});
