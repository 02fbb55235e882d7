/** The stage in its place: thumbnails of the layers, tools, the picture, and what belongs to it. @module */
import { Columns3, Download, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { ActionIcon, IconButton } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { Enlarge } from "../enlarge/Enlarge.tsx";
import { comparePicture, exports, toggleLayout } from "../model/actions/index.ts";
import { Rail } from "./Rail.tsx";
import { Stage } from "./Stage.tsx";
import { ToolOptions, Tools } from "./Tools.tsx";

/** Whether the last pointer was a finger: handles are larger then. */
function useTouch(): boolean {
  const [touch, setTouch] = useState(() => matchMedia("(pointer: coarse)").matches);
  useEffect(() => {
    const onDown = (e: PointerEvent) => setTouch(e.pointerType === "touch");
    window.addEventListener("pointerdown", onDown, true);
    return () => window.removeEventListener("pointerdown", onDown, true);
  }, []);
  return touch;
}

/** The side of the largest square in a place. */
function useSquare(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [side, setSide] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      setSide(Math.floor(Math.min(width, height)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, side];
}

export function StageView() {
  const session = useSession();
  const [ref, side] = useSquare();
  const touch = useTouch();
  const compare = useModel((s) => s.view.compare);
  const key = useModel((s) => s.doc.picture);
  const running = useStatus((s) => s.running);
  useStatus((s) => s.shots);
  return (
    <section className="stage" aria-label="Stage" aria-busy={running !== undefined}>
      <Rail />
      <Tools />
      <div ref={ref} className="stage-place">
        {side > 0 && <Stage side={side} touch={touch} />}
      </div>
      <div className="stage-corner" role="toolbar" aria-label="Picture" aria-orientation="vertical">
        {compare !== undefined && (
          <IconButton icon={X} label="End comparing" onClick={() => session.store.run(comparePicture, {})} />
        )}
        <Enlarge shot={session.shot(key)} />
        <ActionIcon action={exports.png} icon={Download} label="Save picture with its scene" />
        <ActionIcon action={toggleLayout} icon={Columns3} label="Side by side" />
      </div>
      <ToolOptions />
    </section>
  );
}
