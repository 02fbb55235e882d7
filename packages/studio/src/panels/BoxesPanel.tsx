/** Boxes: canvas, tools, the density of the next box. @module */
import * as Popover from "@radix-ui/react-popover";
import { Grid2x2, Magnet, MousePointer2, SlidersHorizontal, SquareDashed, Thermometer } from "lucide-react";
import { useEffect, useState } from "react";
import { ActionIcon, IconButton, Slider } from "../app/controls.tsx";
import { useModel, useSession } from "../app/hooks.ts";
import { BoxesCanvas } from "../canvas/BoxesCanvas.tsx";
import { useSide } from "../canvas/useSide.ts";
import { makeAlternatives, setHeat, setTemperature, toggleSnap, tools } from "../model/actions/index.ts";
import { suggestedLabel } from "../model/suggest.ts";
import { DrawnBox } from "../stage/DrawnBox.tsx";
import { AboutBoxes } from "./explanations.tsx";
import { LabelPicker } from "./LabelPicker.tsx";
import { Panel } from "./Panel.tsx";

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

export function BoxesPanel() {
  const session = useSession();
  const [ref, side] = useSide();
  const touch = useTouch();
  const tool = useModel((s) => s.view.tool);
  const snap = useModel((s) => s.view.snap);
  const heat = useModel((s) => s.view.heat);
  const temperatures = useModel((s) => s.view.temperatures);
  const isEmpty = useModel((s) => s.doc.scene.objects.length === 0);
  return (
    <Panel name="boxes" title="Boxes" stage="boxes" explanation={<AboutBoxes />}>
      <div ref={ref} className="canvas-place">
        {side > 0 && <BoxesCanvas side={side} touch={touch} />}
        <DrawnBox side={side} />
        {isEmpty && <p className="canvas-hint">Boxes appear here. Draw the sentence, or a box.</p>}
      </div>
      <div className="tools" role="toolbar" aria-label="Tools of the boxes">
        <ActionIcon action={tools.select} icon={MousePointer2} pressed={tool === "select"} />
        <ActionIcon action={tools.add} icon={SquareDashed} pressed={tool === "add"} />
        <ActionIcon action={toggleSnap} icon={Magnet} pressed={snap} />
        <span className="spacer" />
        {heat !== undefined && (
          <LabelPicker
            value={heat}
            name="Category of the next box"
            onPick={(label) => session.store.run(setHeat, { label })}
          />
        )}
        <IconButton
          icon={Thermometer}
          label="Next box: where the model would put one"
          pressed={heat !== undefined}
          onClick={() =>
            session.store.run(
              setHeat,
              heat === undefined ? { label: suggestedLabel(session.store.state.doc.scene) } : {},
            )
          }
        />
        <Popover.Root>
          <Popover.Trigger asChild>
            <button
              type="button"
              className="icon-button"
              aria-label="Temperatures of sampling"
              title="Temperatures of sampling"
            >
              <SlidersHorizontal size={17} aria-hidden />
            </button>
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Content className="popover sliders" sideOffset={6} collisionPadding={12}>
              <Slider
                label="Labels"
                value={temperatures.labelTemperature}
                min={0}
                max={1.5}
                step={0.05}
                show={(v) => v.toFixed(2)}
                onChange={(labelTemperature) => session.store.run(setTemperature, { labelTemperature })}
              />
              <Slider
                label="Boxes"
                value={temperatures.boxTemperature}
                min={0}
                max={1.5}
                step={0.05}
                show={(v) => v.toFixed(2)}
                onChange={(boxTemperature) => session.store.run(setTemperature, { boxTemperature })}
              />
              <p className="muted">Temperature: 0 is the likeliest, 1 the model as trained, more is bolder.</p>
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
        <ActionIcon action={makeAlternatives} icon={Grid2x2} />
      </div>
    </Panel>
  );
}
