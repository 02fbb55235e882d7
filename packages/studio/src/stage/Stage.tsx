/** The stage: the picture as large as its place, with silhouettes and boxes over it, and everything in it to be taken in hand. @module */
import { Loader2 } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Picture } from "scenograph/scene/scene";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { pointOf, usePinch, useView } from "../canvas/viewport.ts";
import { selectSeveral } from "../model/actions/index.ts";
import { frameOf, type Handle, type Point } from "../model/geometry.ts";
import { numberedNames } from "../model/names.ts";
import { hitsAt } from "../model/pick.ts";
import { selectedObjects } from "../model/state.ts";
import { DrawnBox } from "./DrawnBox.tsx";
import { NOTHING_SHOWN, type Shown, StageGestures } from "./gestures.ts";
import { HeatLayer } from "./HeatLayer.tsx";
import { Lessons } from "./Lessons.tsx";
import { cutOut } from "./look.ts";
import { BoxPart, Handles, Outline, rect, Silhouette, UNITS } from "./parts.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import { SharpPicture } from "./SharpPicture.tsx";
import "./stage.css";

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

/** Larger pictures are as sharp as the screen by themselves. */
const SHARP_MOST = 160;

/** Things that were carried, until the picture shows them where they are. */
interface Ghost {
  readonly look: HTMLCanvasElement;
  /** Ids of what is carried. */
  readonly ids: readonly string[];
  readonly plate?: Picture;
}

export function Stage({ side, touch }: { readonly side: number; readonly touch: boolean }) {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const caption = useModel((s) => s.doc.scene.caption);
  const { picture: showsPicture, masks: showsMasks, boxes: showsBoxes } = useModel((s) => s.view.layers);
  const opacity = useModel((s) => s.view.opacity);
  const tool = useModel((s) => s.view.tool);
  const brush = useModel((s) => s.view.brush);
  const key = useModel((s) => s.doc.picture);
  const isStale = useModel((s) => s.doc.stale.includes("image"));
  const compare = useModel((s) => s.view.compare);
  const selected = useModel((s) => s.view.selected);
  const also = useModel((s) => s.view.also);
  useStatus((s) => s.shots);
  const heat = useStatus((s) => s.heat);
  const reference = useStatus((s) => s.reference);
  const strength = useModel((s) => s.view.reference);
  const running = useStatus((s) => s.running);
  const loading = useStatus((s) => s.model.state === "loading");
  const view = useView();
  const frame = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown>(NOTHING_SHOWN);
  const [hover, setHover] = useState<string | undefined>();
  const [cursor, setCursor] = useState<Point | undefined>();
  const [ghost, setGhost] = useState<Ghost | undefined>();
  const [split, setSplit] = useState(0.5);

  const sideNow = useRef(side);
  sideNow.current = side * view.scale;
  const gestures = useMemo(() => new StageGestures(session, () => sideNow.current, setShown), [session]);
  const pinch = usePinch(() => gestures.cancel());

  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is read from the whole state
  const chosen = useMemo(() => selectedObjects(session.store.state), [session, objects, selected, also]);
  const names = useMemo(() => numberedNames(objects), [objects]);
  const shot = session.shot(key);
  const picture = shot?.picture;
  // silhouettes that codes draw are clean; those of other models are not where the picture has its edges
  const hasCodes = useStatus((s) => s.model.state === "ready" && s.model.facts.poses > 0);
  const isSharp = hasCodes && picture !== undefined && picture.width <= SHARP_MOST;
  const pictured = useMemo(() => {
    const all = shot?.scene.objects ?? [];
    return ghost?.plate ? all.filter((o) => !ghost.ids.includes(o.id)) : all;
  }, [shot, ghost]);
  const other = session.shot(compare)?.picture;
  const unit = UNITS / side / view.scale;
  const paints = tool === "brush" || tool === "eraser";

  useGhost(shown, setGhost, picture);
  // the picture shows again what was carried
  useEffect(() => {
    if (!shown.carried && !isStale) setGhost(undefined);
  }, [shown.carried, isStale]);
  // where nothing is drawn (no model, an error), the look must not stay behind for ever
  useEffect(() => {
    if (shown.carried || running !== undefined) return;
    const timer = setTimeout(() => setGhost(undefined), 1500);
    return () => clearTimeout(timer);
  }, [shown.carried, running]);

  useEffect(() => {
    const point = (e: PointerEvent) => (frame.current ? pointOf(e, frame.current) : undefined);
    const onMove = (e: PointerEvent) => {
      if (!gestures.active) return;
      // every point since the last frame, so that fast strokes stay round
      const events = paints ? (e.getCoalescedEvents?.() ?? []) : [];
      for (const one of events.length > 0 ? events : [e]) {
        const p = point(one);
        if (p) gestures.move(e.pointerId, p, { alt: e.altKey, shift: e.shiftKey });
      }
    };
    const onUp = (e: PointerEvent) => gestures.release(e.pointerId);
    const onKey = (e: KeyboardEvent) => {
      if (e.key === "Escape" && gestures.cancel()) e.stopPropagation();
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
  }, [gestures, paints]);

  const box = frameOf(chosen.map((o) => o.box));
  const isLocked = chosen.every((o) => o.locked);
  const hovered =
    shown === NOTHING_SHOWN && !touch ? objects.find((o) => o.id === hover && !chosen.includes(o)) : undefined;
  const nearestLast = showsBoxes ? [...objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]) : [];
  const carried = shown.carried;
  const frameNow = carried?.to ?? box;
  const transform = `scale(${view.scale}) translate(${-view.x * 100}%, ${-view.y * 100}%)`;
  const pressed = (e: React.PointerEvent) => (e.target as Element).closest<SVGElement>("[data-handle]")?.dataset.handle;
  return (
    <div className="stage-frame" style={{ width: side, height: side }}>
      <div
        ref={(element) => {
          frame.current = element;
          pinch(element);
        }}
        className={`stage-canvas tool-${tool}${hovered || chosen.length > 0 ? " over" : ""}`}
        role="application"
        aria-label={stageName(
          caption,
          objects.length,
          chosen.map((o) => names.get(o.id) ?? ""),
        )}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys work while it has the focus
        tabIndex={0}
        onPointerDown={(e) => {
          if (e.button > 0 || !frame.current) return;
          const handle = pressed(e) as Handle | undefined;
          const point = pointOf(e.nativeEvent, frame.current);
          const isTouch = e.pointerType === "touch";
          gestures.press({
            pointer: e.pointerId,
            point,
            shift: e.shiftKey,
            touch: isTouch,
            ...(handle && { handle }),
          });
        }}
        onPointerMove={(e) => {
          if (!frame.current || e.pointerType === "touch") return;
          const p = pointOf(e.nativeEvent, frame.current);
          if (paints) setCursor(p);
          const handle = pressed(e) as Handle | undefined;
          e.currentTarget.style.cursor = handle && tool === "select" ? CURSORS[handle] : "";
          setHover(tool === "select" && !handle ? hitsAt(objects, p)[0]?.id : undefined);
        }}
        onPointerLeave={() => {
          setHover(undefined);
          setCursor(undefined);
        }}
        onKeyDown={(e) => {
          if (e.key !== "Enter" || tool !== "add") return;
          e.preventDefault();
          session.draw([0.35, 0.35, 0.3, 0.3]);
        }}
      >
        <div className="stage-layers" style={{ transform }}>
          {reference && (
            <img className="stage-reference" src={reference.url} alt={`Under the stage: ${reference.name}`} />
          )}
          {showsPicture && picture && (
            <div className="stage-picture" style={reference && { opacity: 1 - strength }}>
              {isSharp ? (
                <SharpPicture
                  picture={ghost?.plate ?? picture}
                  objects={pictured}
                  side={side * view.scale}
                  label={`Picture of: ${caption}`}
                />
              ) : (
                <Pixels picture={ghost?.plate ?? picture} label={`Picture of: ${caption}`} className="stage-picture" />
              )}
            </div>
          )}
          {showsPicture && other && (
            <div className="stage-other" style={{ clipPath: `inset(0 ${(1 - split) * 100}% 0 0)` }}>
              <Pixels picture={other} label="Picture to compare with" className="stage-picture" />
            </div>
          )}
          {showsPicture && ghost && frameNow && <Carried look={ghost.look} frame={frameNow} />}
          {heat && <HeatLayer heat={heat} />}
          <svg viewBox={`0 0 ${UNITS} ${UNITS}`} aria-hidden="true">
            {showsMasks &&
              objects.map(
                (o) => !o.hidden && <Silhouette key={o.id} object={o} opacity={opacity} alone={!showsPicture} />,
              )}
            {nearestLast.map((o) => (
              <BoxPart key={o.id} object={o} name={names.get(o.id) ?? ""} unit={unit} filled={!showsPicture} />
            ))}
            {!showsBoxes &&
              objects.map(
                (o) =>
                  o.label === null &&
                  !o.hidden && (
                    <BoxPart key={o.id} object={o} name={names.get(o.id) ?? ""} unit={unit} filled={false} />
                  ),
              )}
            {hovered && <Outline object={hovered} kind="hover" />}
            {!carried && !paints && chosen.map((o) => <Outline key={o.id} object={o} kind="chosen" />)}
            {paints && chosen.map((o) => <Silhouette key={o.id} object={o} opacity={0.8} alone={false} />)}
            {frameNow && !isLocked && tool === "select" && <Handles frame={frameNow} unit={unit} touch={touch} />}
            {shown.marquee && <rect {...rect(shown.marquee)} className="marquee" />}
            {shown.drawn && <rect {...rect(shown.drawn)} className="drawn" />}
            {shown.guides.map(({ axis, at }) =>
              axis === "x" ? (
                <line key={axis} x1={at * UNITS} x2={at * UNITS} y1={0} y2={UNITS} className="guide" />
              ) : (
                <line key={axis} y1={at * UNITS} y2={at * UNITS} x1={0} x2={UNITS} className="guide" />
              ),
            )}
            {paints && cursor && (
              <>
                <circle cx={cursor[0] * UNITS} cy={cursor[1] * UNITS} r={(brush * UNITS) / 2} className="brush under" />
                <circle
                  cx={cursor[0] * UNITS}
                  cy={cursor[1] * UNITS}
                  r={(brush * UNITS) / 2}
                  className={`brush ${tool}`}
                />
              </>
            )}
          </svg>
        </div>
      </div>
      <DrawnBox side={side} />
      <Lessons side={side} names={names} />
      {other && showsPicture && (
        <input
          type="range"
          className="split"
          aria-label="Compare: share of the other picture"
          min={0}
          max={1}
          step={0.005}
          value={split}
          style={{ "--split": `${split * 100}%` } as React.CSSProperties}
          onChange={(e) => setSplit(Number(e.target.value))}
        />
      )}
      {!picture && objects.length === 0 && (
        <p className="canvas-hint">
          {loading ? "The model is being loaded…" : "Type a sentence and draw it, or draw a box."}
        </p>
      )}
      {running !== undefined && !carried && (
        <span className="stage-busy" aria-hidden="true">
          <Loader2 size={15} className="spin" />
        </span>
      )}
      {view.scale > 1 && <span className="zoom-mark">{Math.round(view.scale * 100)}%</span>}
      {frameNow && !carried && tool === "select" && !other && (
        <SelectionBar frame={frameNow} side={side} names={names} chosen={chosen} />
      )}
      {chosen.length > 1 && (
        <button type="button" className="several" onClick={() => session.store.run(selectSeveral, { ids: [] })}>
          {chosen.length} selected
        </button>
      )}
    </div>
  );
}

function stageName(caption: string, count: number, chosen: readonly string[]): string {
  const what = `Stage: ${caption.trim() || "no sentence yet"}; ${count} ${count === 1 ? "object" : "objects"}`;
  return chosen.length > 0 ? `${what}; selected: ${chosen.join(", ")}` : what;
}

/** The look of what is carried, moved by the compositor alone. */
function Carried({
  look,
  frame: [x, y, w, h],
}: {
  readonly look: HTMLCanvasElement;
  readonly frame: readonly number[];
}) {
  return (
    <div
      className="stage-carried"
      aria-hidden="true"
      style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` }}
      ref={(place) => {
        if (place && place.firstChild !== look) place.replaceChildren(look);
      }}
    />
  );
}

/** At the beginning of a drag the look of what is carried is cut out, and the picture without it is asked for. */
function useGhost(
  { carried }: Shown,
  setGhost: (change: (now: Ghost | undefined) => Ghost | undefined) => void,
  picture: Picture | undefined,
): void {
  const session = useSession();
  const ids = carried?.ids.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a drag, with what is seen when it begins
  useEffect(() => {
    if (!carried || !picture) return;
    // the document has moved already; its silhouettes with it, so that the look is that of where they were
    const before = session.beforeGesture;
    const look = cutOut(picture, before.scene.objects, carried.ids, carried.from);
    if (!look) return;
    setGhost(() => ({ look, ids: carried.ids }));
    const stop = new AbortController();
    void (async () => {
      const plate = await session.without(carried.ids, stop.signal);
      if (!plate || stop.signal.aborted) return;
      setGhost((now) => now && { ...now, plate });
      // what was covered is drawn for itself, so that no holes are carried about
      const alone = await session.alone(before, carried.ids, stop.signal);
      const chosen = before.scene.objects.filter((o) => carried.ids.includes(o.id));
      const whole = alone && cutOut(alone, chosen, carried.ids, carried.from);
      if (!whole || stop.signal.aborted) return;
      setGhost((now) => now && { ...now, look: whole });
    })();
    return () => stop.abort();
  }, [ids]);
}
