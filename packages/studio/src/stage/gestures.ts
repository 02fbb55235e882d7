/**
 * Hands on the stage: what a pointer does to the scene, without a component. Positions are fractions of the picture. Every
 * gesture is one step of undo, and Escape takes it back.
 * @module
 */
import type { Box, SceneObject } from "scenograph/scene/scene";
import type { Session } from "../app/session.ts";
import { fillAt, paint, select, selectSeveral, selectToo, setBoxes } from "../model/actions/index.ts";
import {
  boxBetween,
  contains,
  frameOf,
  type Guide,
  type Handle,
  handlePoint,
  moveBox,
  type Point,
  resizeBox,
  snapLines,
  snapMove,
  snapPoint,
  withinFrame,
} from "../model/geometry.ts";
import { hitsAt, inMarquee } from "../model/pick.ts";
import { selectedIds, selectedObjects } from "../model/state.ts";

/** Pixels within which a box is drawn to a line. */
const SNAP = 6;
/** Pixels that a pointer may tremble before a click is a drag. */
const TREMBLE = 4;

/** What a gesture shows beside the document. */
export interface Shown {
  readonly guides: readonly Guide[];
  readonly marquee?: Box;
  /** A box that is being drawn. */
  readonly drawn?: Box;
  /** Things on the move: the frame around them at the beginning, and as it is now. */
  readonly carried?: { readonly ids: readonly string[]; readonly from: Box; readonly to: Box };
}

export const NOTHING_SHOWN: Shown = { guides: [] };

export interface Press {
  readonly pointer: number;
  readonly point: Point;
  readonly shift: boolean;
  readonly touch: boolean;
  /** The handle under the pointer. */
  readonly handle?: Handle;
}

interface Gesture {
  readonly pointer: number;
  move(point: Point, keys: { readonly alt: boolean; readonly shift: boolean }): void;
  end(): void;
}

export class StageGestures {
  #gesture: Gesture | undefined;

  constructor(
    private readonly session: Session,
    /** Pixels of a side of the picture as it is seen now. */
    private readonly side: () => number,
    private readonly show: (shown: Shown) => void,
  ) {}

  get active(): boolean {
    return this.#gesture !== undefined;
  }

  press(press: Press): void {
    if (this.#gesture) return;
    const { tool } = this.session.store.state.view;
    if (tool === "add") this.#gesture = this.#draw(press);
    else if (tool === "brush" || tool === "eraser") this.#gesture = this.#stroke(press, tool === "brush" ? 1 : 0);
    else if (press.handle) this.#gesture = this.#resize(press, press.handle);
    else this.#gesture = this.#pick(press);
  }

  move(pointer: number, point: Point, keys: { readonly alt: boolean; readonly shift: boolean }): void {
    if (this.#gesture?.pointer === pointer) this.#gesture.move(point, keys);
  }

  release(pointer: number): void {
    if (this.#gesture?.pointer !== pointer) return;
    const gesture = this.#gesture;
    this.#gesture = undefined;
    gesture.end();
  }

  /** Takes back what the gesture did. -> whether there was one */
  cancel(): boolean {
    if (!this.#gesture) return false;
    this.#gesture = undefined;
    if (this.session.store.inGesture) this.session.endGesture(false);
    this.show(NOTHING_SHOWN);
    return true;
  }

  #draw({ pointer, point: start }: Press): Gesture {
    let box: Box | undefined;
    return {
      pointer,
      move: (p) => {
        box = boxBetween(start, p);
        this.show({ guides: [], ...(box && { drawn: box }) });
      },
      end: () => {
        this.show(NOTHING_SHOWN);
        if (box) this.session.draw(box);
      },
    };
  }

  #stroke({ pointer, point, shift }: Press, value: 0 | 1): Gesture | undefined {
    const { session } = this;
    const { doc } = session.store.state;
    const chosen = doc.scene.objects.find((o) => o.id === session.store.state.view.selected);
    const target = chosen ?? hitsAt(doc.scene.objects, point)[0];
    if (!target) {
      session.messages.note("Select a thing first: its silhouette is painted.");
      return undefined;
    }
    if (target.locked) {
      session.messages.note("It is locked; L unlocks it.");
      return undefined;
    }
    if (!chosen) session.store.run(select, { id: target.id });
    if (shift) {
      session.store.run(fillAt, { id: target.id, point, value });
      return undefined;
    }
    const gesture = session.beginGesture();
    let last = point;
    const to = (p: Point) => {
      session.store.run(paint, { id: target.id, from: last, to: p, value, gesture });
      last = p;
    };
    to(point);
    return { pointer, move: to, end: () => session.endGesture() };
  }

  /** Click, drag of things, or marquee. */
  #pick({ pointer, point, shift, touch }: Press): Gesture {
    const { store } = this.session;
    const { objects } = store.state.doc.scene;
    const ids = selectedIds(store.state);
    const hits = hitsAt(objects, point);
    const frame = frameOf(selectedObjects(store.state).map((o) => o.box));
    // what is selected is what moves, also where something nearer covers it
    const held =
      hits.find((o) => ids.includes(o.id)) ??
      (ids.length > 0 && frame && contains(frame, point, touch ? 0.02 : 0) && hits.length === 0
        ? objects.find((o) => o.id === ids[0])
        : undefined);
    if (shift) return this.#marquee(pointer, point, () => hits[0] && store.run(selectToo, { id: hits[0].id }), ids);
    if (!held && hits.length === 0) return this.#marquee(pointer, point, () => store.run(select, {}), []);
    const before = held?.id;
    if (!held) store.run(select, { id: hits[0].id });
    const drag = this.#carry(pointer, point);
    const still = TREMBLE * (touch ? 2 : 1);
    let moved = false;
    return {
      pointer,
      move: (p, keys) => {
        moved ||= Math.hypot(p[0] - point[0], p[1] - point[1]) * this.side() > still;
        if (moved) drag.move(p, keys);
      },
      end: () => {
        if (moved) return drag.end();
        // a click on what was selected goes through to what lies under it
        if (before === undefined) return;
        const under = hits[(hits.findIndex((o) => o.id === before) + 1) % hits.length];
        if (under && (under.id !== before || ids.length > 1)) store.run(select, { id: under.id });
      },
    };
  }

  #marquee(pointer: number, start: Point, onClick: () => void, kept: readonly string[]): Gesture {
    let box: Box | undefined;
    return {
      pointer,
      move: (p) => {
        box = boxBetween(start, p);
        this.show({ guides: [], ...(box && { marquee: box }) });
      },
      end: () => {
        this.show(NOTHING_SHOWN);
        if (!box) return onClick();
        const { store } = this.session;
        const taken = inMarquee(store.state.doc.scene.objects, box).map((o) => o.id);
        store.run(selectSeveral, { ids: [...new Set([...kept, ...taken.reverse()])] });
      },
    };
  }

  /** Moves what is selected, together. */
  #carry(pointer: number, start: Point): Gesture {
    return this.#frame(pointer, (from, lines) => (p, reach) => {
      const moved = moveBox(from, [p[0] - start[0], p[1] - start[1]]);
      return reach > 0 ? snapMove(moved, lines, reach) : { box: moved, guides: [] };
    });
  }

  #resize({ pointer, point: start }: Press, handle: Handle): Gesture {
    return this.#frame(pointer, (from, lines) => {
      const [hx, hy] = handlePoint(from, handle);
      const offset: Point = [hx - start[0], hy - start[1]];
      return (p, reach, keepsShape) => {
        const target: Point = [p[0] + offset[0], p[1] + offset[1]];
        const { point, guides } = reach > 0 ? snapPoint(target, handle, lines, reach) : { point: target, guides: [] };
        const box = resizeBox(from, handle, point);
        return keepsShape && handle.length === 2 ? { box: inShape(from, box, handle), guides: [] } : { box, guides };
      };
    });
  }

  #frame(
    pointer: number,
    begin: (
      from: Box,
      lines: Record<"x" | "y", number[]>,
    ) => (p: Point, reach: number, keepsShape: boolean) => { readonly box: Box; readonly guides: readonly Guide[] },
  ): Gesture {
    const { session } = this;
    const bases = selectedObjects(session.store.state).filter((o) => !o.locked);
    const from = frameOf(bases.map((o) => o.box));
    if (!from) return { pointer, move: () => {}, end: () => {} };
    const ids = bases.map((o) => o.id);
    const others = session.store.state.doc.scene.objects.filter((o) => !ids.includes(o.id) && !o.hidden);
    const place = begin(from, snapLines(others.map((o) => o.box)));
    let gesture: string | undefined;
    return {
      pointer,
      move: (p, { alt, shift }) => {
        gesture ??= session.beginGesture(true);
        const reach = alt || !session.store.state.view.snap ? 0 : SNAP / this.side();
        const { box: to, guides } = place(p, reach, shift);
        const places = bases.map((base: SceneObject) => ({ id: base.id, box: withinFrame(base.box, from, to), base }));
        session.store.run(setBoxes, { places, gesture });
        this.show({ guides, carried: { ids, from, to } });
      },
      end: () => {
        this.show(NOTHING_SHOWN);
        if (gesture !== undefined) session.endGesture();
      },
    };
  }
}

/** The box in the proportions of another; the corner opposite of the handle stays. */
function inShape(from: Box, [x, y, w, h]: Box, handle: Handle): Box {
  const scale = Math.min(w / from[2], h / from[3]);
  const [width, height] = [from[2] * scale, from[3] * scale];
  return [handle.includes("w") ? x + w - width : x, handle.includes("n") ? y + h - height : y, width, height];
}
