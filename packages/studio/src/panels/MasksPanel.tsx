/** Masks: canvas and paint tools. @module */
import { Blend, Brush, CircleDot, Eraser, MousePointer2, PaintBucket, RotateCcw, X } from "lucide-react";
import { ActionIcon, Slider } from "../app/controls.tsx";
import { useModel, useSession } from "../app/hooks.ts";
import { MasksCanvas } from "../canvas/MasksCanvas.tsx";
import { useSide } from "../canvas/useSide.ts";
import { clearMask, fillMask, inferMask, setBrush, setOpacity, tools } from "../model/actions/index.ts";
import { BRUSH_SIZES } from "../model/state.ts";
import { AboutMasks } from "./explanations.tsx";
import { Panel } from "./Panel.tsx";

export function MasksPanel() {
  const session = useSession();
  const [ref, side] = useSide();
  const tool = useModel((s) => s.view.tool);
  const brush = useModel((s) => s.view.brush);
  const opacity = useModel((s) => s.view.opacity);
  const hasMasks = useModel((s) => s.doc.scene.objects.some((o) => o.mask));
  const isStale = useModel((s) => s.doc.stale.includes("masks"));
  const paints = tool === "brush" || tool === "eraser";
  return (
    <Panel name="masks" title="Masks" stage="masks" explanation={<AboutMasks />}>
      <div ref={ref} className={`canvas-place${isStale ? " stale" : ""}`}>
        {side > 0 && <MasksCanvas side={side} />}
        {!hasMasks && <p className="canvas-hint">Each box becomes a mask here.</p>}
      </div>
      <div className="tools" role="toolbar" aria-label="Tools of the masks">
        <ActionIcon action={tools.select} icon={MousePointer2} pressed={tool === "select"} />
        <ActionIcon action={tools.brush} icon={Brush} pressed={tool === "brush"} />
        <ActionIcon action={tools.eraser} icon={Eraser} pressed={tool === "eraser"} />
        <ActionIcon action={fillMask} icon={PaintBucket} />
        <ActionIcon action={clearMask} icon={X} />
        <ActionIcon action={inferMask} icon={RotateCcw} />
        <span className="spacer" />
        <div className="slider-line">
          {paints ? (
            <>
              <CircleDot size={16} className="muted" aria-hidden />
              <Slider
                bare
                label="Brush size"
                value={brush}
                min={BRUSH_SIZES[0]}
                max={BRUSH_SIZES[1]}
                step={0.005}
                show={(v) => `${Math.round(v * 100)}%`}
                onChange={(size) => session.store.run(setBrush, { brush: size })}
              />
            </>
          ) : (
            <>
              <Blend size={16} className="muted" aria-hidden />
              <Slider
                bare
                label="Opacity of masks"
                value={opacity}
                min={0}
                max={1}
                step={0.05}
                show={(v) => `${Math.round(v * 100)}%`}
                onChange={(o) => session.store.run(setOpacity, { opacity: o })}
              />
            </>
          )}
        </div>
      </div>
    </Panel>
  );
}
