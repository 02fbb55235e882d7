import fc from "fast-check";
import type { Box } from "scenograph/scene/scene";
import { expect, test } from "vitest";
import {
  boxBetween,
  HANDLES,
  handlePoint,
  hitTest,
  insidePicture,
  MIN_SIDE,
  moveBox,
  resizeBox,
  snapLines,
  snapMove,
  snapPoint,
  touchFrame,
} from "./geometry.ts";
import { objectAt } from "./model.fixture.ts";

const box: Box = [0.2, 0.3, 0.4, 0.2];
const near = (actual: Box, wanted: Box) => actual.forEach((v, i) => expect(v).toBeCloseTo(wanted[i], 9));

test("handles lie on corners and middles of sides", () => {
  expect(handlePoint(box, "nw")).toEqual([0.2, 0.3]);
  const [x, y] = handlePoint(box, "e");
  expect([x, y]).toEqual([expect.closeTo(0.6), expect.closeTo(0.4)]);
});

test("a handle moves its own sides only", () => {
  near(resizeBox(box, "se", [0.9, 0.9]), [0.2, 0.3, 0.7, 0.6]);
  near(resizeBox(box, "n", [0.9, 0.1]), [0.2, 0.1, 0.4, 0.4]);
  near(resizeBox(box, "w", [0.5, 0]), [0.5, 0.3, 0.1, 0.2]);
  // dragged beyond the opposite side it stops there
  near(resizeBox(box, "w", [0.95, 0]), [0.6 - MIN_SIDE, 0.3, MIN_SIDE, 0.2]);
});

test("whatever is dragged where, a box stays in the picture with sides of at least the smallest", () => {
  const number = fc.double({ min: -2, max: 3, noNaN: true });
  const handle = fc.constantFrom(...HANDLES);
  fc.assert(
    fc.property(
      fc.tuple(number, number),
      handle,
      fc.array(fc.tuple(number, number), { maxLength: 5 }),
      (by, h, points) => {
        let b = moveBox(box, by);
        for (const p of points) b = resizeBox(b, h, p);
        expect(b[0]).toBeGreaterThanOrEqual(0);
        expect(b[1]).toBeGreaterThanOrEqual(0);
        expect(b[0] + b[2]).toBeLessThanOrEqual(1 + 1e-9);
        expect(b[1] + b[3]).toBeLessThanOrEqual(1 + 1e-9);
        expect(Math.min(b[2], b[3])).toBeGreaterThanOrEqual(MIN_SIDE - 1e-9);
      },
    ),
  );
});

test("a box between two corners, in any order; none for a click", () => {
  near(boxBetween([0.5, 0.9], [0.1, 0.4]) as Box, [0.1, 0.4, 0.4, 0.5]);
  expect(boxBetween([0.5, 0.5], [0.505, 0.9])).toBeUndefined();
});

test("the smallest box below the point is meant", () => {
  const objects = [objectAt("cup", [0.4, 0.4, 0.1, 0.1]), objectAt("table", [0, 0.3, 1, 0.7])];
  expect(hitTest(objects, [0.45, 0.45])?.id).toBe("cup");
  expect(hitTest(objects, [0.1, 0.5])?.id).toBe("table");
  expect(hitTest(objects, [0.1, 0.1])).toBeUndefined();
  expect(hitTest([objects[0]], [0.39, 0.45], 0.02)?.id).toBe("cup");
});

test("moved boxes and dragged handles snap to other boxes and the picture", () => {
  const lines = snapLines([[0.5, 0.5, 0.3, 0.3]]);
  const moved = snapMove([0.49, 0.1, 0.2, 0.2], lines, 0.02);
  near(moved.box, [0.5, 0.1, 0.2, 0.2]);
  expect(moved.guides).toEqual([{ axis: "x", at: 0.5 }]);
  expect(snapPoint([0.795, 0.6], "e", lines, 0.02).point[0]).toBeCloseTo(0.8);
  expect(snapPoint([0.795, 0.495], "e", lines, 0.02).guides).toHaveLength(1);
  expect(snapMove([0.42, 0.1, 0.05, 0.2], lines, 0.005).guides).toEqual([]);
});

test("fingers find eight handles side by side inside the picture, however small or large the box", () => {
  const reach = 44 / 340;
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(place, place, place, place, (x, y, w, h) => {
      const frame = touchFrame(insidePicture([x, y, w, h]), reach);
      const points = HANDLES.map((handle) => handlePoint(frame, handle));
      points.forEach(([px, py], i) => {
        for (const v of [px, py]) {
          expect(v).toBeGreaterThanOrEqual(reach / 2 - 1e-9);
          expect(v).toBeLessThanOrEqual(1 - reach / 2 + 1e-9);
        }
        for (const [qx, qy] of points.slice(i + 1))
          expect(Math.max(Math.abs(px - qx), Math.abs(py - qy))).toBeGreaterThanOrEqual(reach - 1e-9);
      });
    }),
  );
  near(touchFrame([0.2, 0.2, 0.6, 0.6], reach), [0.2, 0.2, 0.6, 0.6]);
});
