import { describe, expect, it } from "vitest";
import { layoutInputs } from "../../paper/masks/boxes.ts";
import { layoutFeeds } from "../../paper/masks/data.ts";
import { evaluate, snap } from "../../paper/masks/masks.fixture.ts";
import { boxCoordinates } from "./boxTensor.ts";

describe("boxCoordinates", () => {
  it("rises from -1 to 1 across and down the box, 0 outside", async () => {
    const layout = layoutInputs(1, 1, 64);
    const { boxes } = layoutFeeds([[{ classIndex: 0, box: [0.25, 0.5, 0.5, 0.25] }]], 1, snap);
    const { c } = await evaluate({ c: boxCoordinates(layout, 1) }, { boxes });
    const at = (channel: number, y: number, x: number) => Number(c[channel * 4096 + y * 64 + x]);
    expect(at(0, 40, 16)).toBeCloseTo(-1 + 1 / 32, 5);
    expect(at(0, 40, 47)).toBeCloseTo(1 - 1 / 32, 5);
    expect(at(1, 32, 20)).toBeCloseTo(-1 + 1 / 16, 5);
    expect(at(1, 47, 20)).toBeCloseTo(1 - 1 / 16, 5);
    // sin pi u, sin pi v, cos pi u, cos pi v
    expect(at(2, 40, 39)).toBeCloseTo(Math.sin(Math.PI * at(0, 40, 39)), 5);
    expect(at(5, 37, 20)).toBeCloseTo(Math.cos(Math.PI * at(1, 37, 20)), 5);
    expect(at(4, 40, 15)).toBeCloseTo(0, 10);
    expect(at(0, 40, 15)).toBeCloseTo(0, 10);
    expect(at(1, 48, 20)).toBeCloseTo(0, 10);
  });
});
