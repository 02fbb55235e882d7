/** Zoom and position that the three canvases share, and where a pointer is on the picture. @module */
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { Point } from "../model/geometry.ts";

export interface View {
  /** 1 shows the whole picture, at most MOST. */
  readonly scale: number;
  /** Fraction of the picture at the upper left corner. */
  readonly x: number;
  readonly y: number;
}

const MOST = 8;
let view: View = { scale: 1, x: 0, y: 0 };
const listeners = new Set<() => void>();

function setView(next: View): void {
  const scale = Math.min(MOST, Math.max(1, next.scale));
  const most = 1 - 1 / scale;
  view = { scale, x: Math.min(most, Math.max(0, next.x)), y: Math.min(most, Math.max(0, next.y)) };
  for (const listener of listeners) listener();
}

export function resetView(): void {
  setView({ scale: 1, x: 0, y: 0 });
}

export function useView(): View {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => view,
  );
}

/** Zoom by a factor around a point of the canvas (fractions of the canvas), then move by (fractions of the canvas). */
export function zoomBy(factor: number, [cx, cy]: Point, [dx, dy]: Point = [0, 0]): void {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  setView({
    scale,
    x: view.x + cx / view.scale - (cx + dx) / scale,
    y: view.y + cy / view.scale - (cy + dy) / scale,
  });
}

/** The point of the picture below a pointer. */
export function pointOf(event: { clientX: number; clientY: number }, element: Element): Point {
  const r = element.getBoundingClientRect();
  return [
    (event.clientX - r.left) / r.width / view.scale + view.x,
    (event.clientY - r.top) / r.height / view.scale + view.y,
  ];
}

/**
 * Two fingers and Ctrl + wheel zoom and move; `onPinch` is told when a second finger comes down, so that a gesture of the
 * first one can be taken back.
 */
export function usePinch(onPinch: () => void): (element: HTMLElement | null) => void {
  const pinch = useRef(onPinch);
  pinch.current = onPinch;
  const cleanup = useRef<() => void>(undefined);
  useEffect(() => () => cleanup.current?.(), []);
  return useCallback((element: HTMLElement | null) => {
    cleanup.current?.();
    if (!element) return;
    const fingers = new Map<number, Point>();
    const place = (e: PointerEvent): Point => {
      const r = element.getBoundingClientRect();
      return [(e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height];
    };
    const down = (e: PointerEvent) => {
      if (e.pointerType !== "touch") return;
      fingers.set(e.pointerId, place(e));
      if (fingers.size === 2) pinch.current();
    };
    const move = (e: PointerEvent) => {
      if (!fingers.has(e.pointerId)) return;
      if (fingers.size === 2) {
        const before = [...fingers.values()];
        fingers.set(e.pointerId, place(e));
        const after = [...fingers.values()];
        const spread = ([a, b]: Point[]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
        const middle = ([a, b]: Point[]): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
        const [m, n] = [middle(before), middle(after)];
        zoomBy(spread(after) / Math.max(0.01, spread(before)), m, [n[0] - m[0], n[1] - m[1]]);
      } else fingers.set(e.pointerId, place(e));
    };
    const up = (e: PointerEvent) => fingers.delete(e.pointerId);
    const wheel = (e: WheelEvent) => {
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      const r = element.getBoundingClientRect();
      zoomBy(Math.exp(-e.deltaY / 200), [(e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height]);
    };
    element.addEventListener("pointerdown", down, true);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
    element.addEventListener("wheel", wheel, { passive: false });
    cleanup.current = () => {
      element.removeEventListener("pointerdown", down, true);
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
      element.removeEventListener("wheel", wheel);
    };
  }, []);
}
