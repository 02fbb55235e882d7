/** Masks on a canvas, and the brush that paints them. @module */
import type Konva from "konva";
import type { KonvaEventObject } from "konva/lib/Node";
import { useEffect, useRef, useState } from "react";
import { Circle, Layer, Path, Rect, Stage } from "react-konva";
import { contourPath } from "scenograph/scene/contours";
import type { SceneObject } from "scenograph/scene/scene";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { fillAt, paint, select } from "../model/actions/index.ts";
import { hitTest, type Point } from "../model/geometry.ts";
import { colorOf } from "../model/palette.ts";
import { contoursOf } from "./contours.ts";
import { pointOf, usePinch, useView } from "./viewport.ts";

interface Stroke {
  readonly pointer: number;
  readonly id: string;
  readonly gesture: string;
  last: Point;
}

export function MasksCanvas({ side }: { readonly side: number }) {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const selected = useModel((s) => s.view.selected);
  const tool = useModel((s) => s.view.tool);
  const brush = useModel((s) => s.view.brush);
  const opacity = useModel((s) => s.view.opacity);
  const gesture = useStatus((s) => s.gesture);
  const view = useView();
  const stage = useRef<Konva.Stage>(null);
  const stroke = useRef<Stroke | undefined>(undefined);
  const [cursor, setCursor] = useState<Point | undefined>();
  const paints = tool === "brush" || tool === "eraser";
  const unit = 1 / view.scale;
  const value = tool === "brush" ? 1 : 0;

  const giveUp = () => {
    if (!stroke.current) return;
    stroke.current = undefined;
    session.endGesture(false);
  };
  const pinch = usePinch(giveUp);

  useEffect(() => {
    const onMove = (e: PointerEvent) => {
      const s = stroke.current;
      const canvas = stage.current?.container();
      if (!s || !canvas || s.pointer !== e.pointerId) return;
      // every point that the browser has gathered since the last frame, so that fast strokes stay round
      const events = e.getCoalescedEvents?.() ?? [];
      for (const one of events.length > 0 ? events : [e]) {
        const to = pointOf(one, canvas);
        session.store.run(paint, {
          id: s.id,
          from: s.last,
          to,
          value: strokeValue(session.store.state.view.tool),
          gesture: s.gesture,
        });
        s.last = to;
      }
    };
    const onUp = (e: PointerEvent) => {
      if (stroke.current?.pointer !== e.pointerId) return;
      stroke.current = undefined;
      session.endGesture();
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onUp);
    return () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onUp);
    };
  }, [session]);

  const onDown = (e: KonvaEventObject<PointerEvent>) => {
    const canvas = stage.current?.container();
    if (!canvas || e.evt.button > 0) return;
    const point = pointOf(e.evt, canvas);
    const { objects: all } = session.store.state.doc.scene;
    const [kind, name] = e.target.name().split(":");
    const under = kind === "mask" ? all.find((o) => o.id === name) : hitTest(all, point);
    if (!paints) {
      session.store.run(select, under ? { id: under.id } : {});
      return;
    }
    const target = all.find((o) => o.id === session.store.state.view.selected) ?? under;
    if (!target) return session.messages.note("Select an object first: its mask is painted.");
    if (target.locked) return session.messages.note("This object is locked; L unlocks it.");
    session.store.run(select, { id: target.id });
    if (e.evt.shiftKey) {
      session.store.run(fillAt, { id: target.id, point, value });
      return;
    }
    const gesture = session.beginGesture();
    stroke.current = { pointer: e.evt.pointerId, id: target.id, gesture, last: point };
    session.store.run(paint, { id: target.id, from: point, to: point, value, gesture });
  };

  const visible = objects.filter((o) => !o.hidden && o.mask);
  return (
    <div ref={pinch} className="canvas" style={{ width: side, height: side, cursor: paints ? "none" : "pointer" }}>
      <Stage
        ref={stage}
        width={side}
        height={side}
        scaleX={view.scale}
        scaleY={view.scale}
        x={-view.x * view.scale * side}
        y={-view.y * view.scale * side}
        onPointerDown={onDown}
        onPointerMove={(e) => {
          const canvas = stage.current?.container();
          if (canvas && paints) setCursor(pointOf(e.evt, canvas));
        }}
        onPointerLeave={() => setCursor(undefined)}
      >
        <Layer listening={!gesture}>
          {visible.map((o) => (
            <MaskShape
              key={o.id}
              object={o}
              side={side}
              unit={unit}
              opacity={opacity}
              active={o.id === selected}
              muted={paints && selected !== undefined && o.id !== selected}
            />
          ))}
          {objects
            .filter((o) => o.id === selected)
            .map((o) => (
              <Rect
                key={o.id}
                x={o.box[0] * side}
                y={o.box[1] * side}
                width={o.box[2] * side}
                height={o.box[3] * side}
                stroke={colorOf(o.label)}
                strokeWidth={unit}
                dash={[4 * unit, 4 * unit]}
                listening={false}
              />
            ))}
          {paints && cursor && (
            <>
              <Circle
                x={cursor[0] * side}
                y={cursor[1] * side}
                radius={(brush * side) / 2}
                stroke="#ffffff"
                strokeWidth={3 * unit}
                listening={false}
              />
              <Circle
                x={cursor[0] * side}
                y={cursor[1] * side}
                radius={(brush * side) / 2}
                stroke="#111827"
                strokeWidth={1.25 * unit}
                dash={tool === "eraser" ? [4 * unit, 3 * unit] : undefined}
                listening={false}
              />
            </>
          )}
        </Layer>
      </Stage>
    </div>
  );
}

function strokeValue(tool: string): 0 | 1 {
  return tool === "brush" ? 1 : 0;
}

interface MaskShapeProps {
  readonly object: SceneObject;
  readonly side: number;
  readonly unit: number;
  readonly opacity: number;
  readonly active: boolean;
  readonly muted: boolean;
}

function MaskShape({ object, side, unit, opacity, active, muted }: MaskShapeProps) {
  if (!object.mask) return null;
  const color = colorOf(object.label);
  return (
    <Path
      name={`mask:${object.id}`}
      data={contourPath(contoursOf(object.mask), side, side)}
      fillRule="evenodd"
      fill={color}
      opacity={muted ? opacity * 0.35 : opacity}
      stroke={active && document.documentElement.dataset.theme !== "dark" ? "#111827" : "#ffffff"}
      strokeWidth={(active ? 2.5 : 1.25) * unit}
      lineJoin="round"
      perfectDrawEnabled={false}
    />
  );
}
