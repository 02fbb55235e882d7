/** Boxes on a canvas: drawing, dragging, resizing; the density of the next box below them. @module */
import type Konva from "konva";
import type { KonvaEventObject } from "konva/lib/Node";
import { useEffect, useRef, useState } from "react";
import { Group, Label, Layer, Line, Rect, Stage, Tag, Text } from "react-konva";
import { inkOn } from "scenograph/scene/colors";
import { nameOf, paintOrder } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { select, setBox } from "../model/actions/index.ts";
import {
  boxBetween,
  type Guide,
  HANDLES,
  type Handle,
  handlePoint,
  moveBox,
  type Point,
  resizeBox,
  snapLines,
  snapMove,
  snapPoint,
  touchFrame,
} from "../model/geometry.ts";
import { colorOf } from "../model/palette.ts";
import { HeatMap } from "./HeatMap.tsx";
import { placeTags, rectOf, type Spot, TAG_FONT, TAG_PADDING } from "./tags.ts";
import { pointOf, usePinch, useView } from "./viewport.ts";

/** Side of the area that takes a finger, pixels. */
const FINGER = 44;
/** Pixels within which a box is drawn to a line. */
const SNAP = 6;
const CURSORS: Record<Handle, string> = {
  nw: "nwse-resize",
  se: "nwse-resize",
  ne: "nesw-resize",
  sw: "nesw-resize",
  n: "ns-resize",
  s: "ns-resize",
  e: "ew-resize",
  w: "ew-resize",
};

interface Drag {
  readonly pointer: number;
  move(point: Point, free: boolean): void;
  end(): void;
}

export function BoxesCanvas({ side, touch }: { readonly side: number; readonly touch: boolean }) {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const selected = useModel((s) => s.view.selected);
  const tool = useModel((s) => s.view.tool);
  const heat = useStatus((s) => s.heat);
  const gesture = useStatus((s) => s.gesture);
  const view = useView();
  const stage = useRef<Konva.Stage>(null);
  const drag = useRef<Drag | undefined>(undefined);
  const [guides, setGuides] = useState<readonly Guide[]>([]);
  const [drawn, setDrawn] = useState<Box | undefined>();
  const pinch = usePinch(() => {
    if (!drag.current) return;
    drag.current = undefined;
    setGuides([]);
    setDrawn(undefined);
    if (session.store.inGesture) session.endGesture(false);
  });

  useEffect(() => {
    const element = () => stage.current?.container();
    const onMove = (e: PointerEvent) => {
      const canvas = element();
      if (drag.current?.pointer === e.pointerId && canvas) drag.current.move(pointOf(e, canvas), e.altKey);
    };
    const onUp = (e: PointerEvent) => {
      if (drag.current?.pointer !== e.pointerId) return;
      drag.current.end();
      drag.current = undefined;
      setGuides([]);
    };
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || !drag.current) return;
      e.stopPropagation();
      drag.current = undefined;
      setGuides([]);
      setDrawn(undefined);
      if (session.store.inGesture) session.endGesture(false);
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onUp);
    window.addEventListener("keydown", onKey, true);
    return () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onUp);
      window.removeEventListener("keydown", onKey, true);
    };
  }, [session]);

  /** `place` makes the box of a point; the whole drag is one step. */
  const dragBox = (
    pointer: number,
    base: SceneObject,
    place: (p: Point, reach: number, free: boolean) => Box,
  ): Drag => {
    const gesture = session.beginGesture();
    return {
      pointer,
      move: (p, free) => {
        const reach = free || !session.store.state.view.snap ? 0 : SNAP / side / view.scale;
        session.store.run(setBox, { id: base.id, box: place(p, reach, free), base, gesture });
      },
      end: () => session.endGesture(),
    };
  };

  const linesFor = (id: string) =>
    snapLines(session.store.state.doc.scene.objects.filter((o) => o.id !== id && !o.hidden).map((o) => o.box));

  const onDown = (e: KonvaEventObject<PointerEvent>) => {
    const canvas = stage.current?.container();
    if (!canvas || e.evt.button > 0 || drag.current) return;
    const start = pointOf(e.evt, canvas);
    const pointer = e.evt.pointerId;
    if (tool === "add") {
      drag.current = drawBox(pointer, start);
      return;
    }
    const [kind, name] = e.target.name().split(":");
    const state = session.store.state;
    if (kind === "handle") {
      const base = state.doc.scene.objects.find((o) => o.id === state.view.selected);
      if (!base || base.locked) return;
      const handle = name as Handle;
      const lines = linesFor(base.id);
      const [hx, hy] = handlePoint(base.box, handle);
      const offset: Point = [hx - start[0], hy - start[1]];
      drag.current = dragBox(pointer, base, (p, reach) => {
        const snapped = snapPoint([p[0] + offset[0], p[1] + offset[1]], handle, lines, reach);
        setGuides(reach > 0 ? snapped.guides : []);
        return resizeBox(base.box, handle, snapped.point);
      });
      return;
    }
    const base = kind === "box" ? state.doc.scene.objects.find((o) => o.id === name) : undefined;
    session.store.run(select, base ? { id: base.id } : {});
    if (!base || base.locked) return;
    const lines = linesFor(base.id);
    drag.current = dragBox(pointer, base, (p, reach) => {
      const moved = moveBox(base.box, [p[0] - start[0], p[1] - start[1]]);
      const snapped = snapMove(moved, lines, reach);
      setGuides(reach > 0 ? snapped.guides : []);
      return snapped.box;
    });
  };

  const drawBox = (pointer: number, start: Point): Drag => {
    let box: Box | undefined;
    return {
      pointer,
      move: (p) => {
        box = boxBetween(start, p);
        setDrawn(box);
      },
      end: () => {
        setDrawn(undefined);
        if (!box) return;
        session.draw(box);
      },
    };
  };

  const pixels = side / view.scale;
  const unit = 1 / view.scale;
  const tags = placeTags(objects, side, unit, selected);
  const current = objects.find((o) => o.id === selected);
  return (
    <div
      ref={pinch}
      className="canvas"
      style={{ width: side, height: side, cursor: tool === "add" ? "crosshair" : "default" }}
    >
      <Stage
        ref={stage}
        width={side}
        height={side}
        scaleX={view.scale}
        scaleY={view.scale}
        x={-view.x * view.scale * side}
        y={-view.y * view.scale * side}
        onPointerDown={onDown}
      >
        {/* while a drag goes on nothing else is pointed at: the canvas of areas need not be drawn */}
        <Layer listening={!gesture}>
          {heat && <HeatMap heat={heat} side={side} />}
          {paintOrder(objects).map((o) => (
            <BoxShape
              key={o.id}
              object={o}
              side={side}
              unit={unit}
              active={o.id === selected}
              heated={heat !== undefined}
            />
          ))}
          {paintOrder(objects).map((o) => {
            const spot = tags.get(o.id);
            return spot && <BoxTag key={o.id} object={o} unit={unit} spot={spot} />;
          })}
          {drawn && (
            <Rect
              {...rectOf(drawn, side)}
              stroke="#0f766e"
              strokeWidth={2 * unit}
              dash={[6 * unit, 4 * unit]}
              listening={false}
            />
          )}
          {current && !current.locked && tool === "select" && (
            <Handles box={current.box} side={side} unit={unit} touch={touch} color={colorOf(current.label)} />
          )}
          {guides.map((g) => (
            <Line
              key={g.axis}
              points={g.axis === "x" ? [g.at * side, 0, g.at * side, side] : [0, g.at * side, side, g.at * side]}
              stroke="#e11d48"
              strokeWidth={unit}
              listening={false}
            />
          ))}
        </Layer>
      </Stage>
      {pixels < side && <span className="zoom-mark">{Math.round(view.scale * 100)}%</span>}
    </div>
  );
}

interface BoxShapeProps {
  readonly object: SceneObject;
  readonly side: number;
  readonly unit: number;
  readonly active: boolean;
  readonly heated: boolean;
}

function BoxShape({ object, side, unit, active, heated }: BoxShapeProps) {
  const color = colorOf(object.label);
  const { x, y, width, height } = rectOf(object.box, side);
  const line = (active ? 3 : 2) * unit;
  const inset = line / 2;
  const cursor = (name: string) => (e: KonvaEventObject<PointerEvent>) => {
    const container = e.target.getStage()?.container();
    if (container) container.style.cursor = name;
  };
  return (
    <Group opacity={object.hidden ? 0.55 : 1}>
      <Rect
        name={`box:${object.id}`}
        x={x + inset}
        y={y + inset}
        width={Math.max(1, width - line)}
        height={Math.max(1, height - line)}
        cornerRadius={3 * unit}
        fill={color + (active ? "3d" : heated || object.hidden ? "0d" : "24")}
        stroke={color}
        strokeWidth={line}
        dash={object.hidden ? [5 * unit, 4 * unit] : undefined}
        hitStrokeWidth={10 * unit}
        onPointerEnter={cursor(object.locked ? "not-allowed" : "move")}
        onPointerLeave={cursor("")}
      />
    </Group>
  );
}

/** The name of a box, above all boxes. */
function BoxTag({ object, unit, spot }: { readonly object: SceneObject; readonly unit: number; readonly spot: Spot }) {
  const color = colorOf(object.label);
  return (
    <Label x={spot.x} y={spot.y} opacity={object.hidden ? 0.55 : 1} listening={false}>
      <Tag fill={color} cornerRadius={spot.inside ? [3 * unit, 0, 3 * unit, 0] : 3 * unit} />
      <Text
        text={nameOf(object)}
        fontFamily="Figtree, system-ui, sans-serif"
        fontStyle="600"
        fontSize={TAG_FONT * unit}
        padding={TAG_PADDING * unit}
        fill={inkOn(color)}
      />
    </Label>
  );
}

interface HandlesProps {
  readonly box: Box;
  readonly side: number;
  readonly unit: number;
  readonly touch: boolean;
  readonly color: string;
}

function Handles({ box, side, unit, touch, color }: HandlesProps) {
  const size = (touch ? 14 : 9) * unit;
  const reach = (touch ? FINGER : 18) * unit;
  const frame = touch ? touchFrame(box, reach / side) : box;
  // on a narrow box the middle handles would lie on the corners
  const [wide, high] = [frame[2] * side, frame[3] * side].map((v) => v > 3.2 * size);
  const shown = HANDLES.filter((h) => h.length === 2 || (/[ns]/.test(h) ? wide : high));
  const setCursor = (name: string) => (e: KonvaEventObject<PointerEvent>) => {
    const container = e.target.getStage()?.container();
    if (container) container.style.cursor = name;
  };
  return (
    <>
      {touch && (
        <Rect
          {...rectOf(frame, side)}
          stroke={color}
          strokeWidth={unit}
          dash={[3 * unit, 4 * unit]}
          opacity={0.7}
          listening={false}
        />
      )}
      {shown.map((handle) => {
        const [px, py] = handlePoint(frame, handle);
        return (
          <Rect
            key={handle}
            name={`handle:${handle}`}
            x={px * side - size / 2}
            y={py * side - size / 2}
            width={size}
            height={size}
            cornerRadius={(touch ? 7 : 2) * unit}
            fill="#ffffff"
            stroke={color}
            strokeWidth={1.5 * unit}
            hitStrokeWidth={reach - size}
            onPointerEnter={setCursor(CURSORS[handle])}
            onPointerLeave={setCursor("")}
          />
        );
      })}
    </>
  );
}
