/** Tools of the stage: selecting, drawing boxes, painting, and what the model suggests. @module */
import * as Popover from "@radix-ui/react-popover";
import {
  Brush,
  Eraser,
  ImageOff,
  ImageUp,
  Lightbulb,
  Magnet,
  MousePointer2,
  PaintBucket,
  SquareDashed,
  X,
} from "lucide-react";
import { ActionIcon, IconButton, Slider } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import {
  clearMask,
  fillMask,
  makeAlternatives,
  setBrush,
  setHeat,
  setOpacity,
  setReferenceStrength,
  setTemperature,
  toggleSnap,
  tools,
} from "../model/actions/index.ts";
import { BRUSH_SIZES } from "../model/state.ts";
import { suggestedLabel } from "../model/suggest.ts";
import { LabelPicker } from "../panels/LabelPicker.tsx";
import { SceneMenu } from "./SceneMenu.tsx";

const percent = (v: number) => `${Math.round(v * 100)}%`;

export function Tools() {
  const tool = useModel((s) => s.view.tool);
  const snap = useModel((s) => s.view.snap);
  return (
    <div className="stage-tools" role="toolbar" aria-label="Tools of the stage" aria-orientation="vertical">
      <ActionIcon action={tools.select} icon={MousePointer2} pressed={tool === "select"} />
      <ActionIcon action={tools.add} icon={SquareDashed} pressed={tool === "add"} />
      <ActionIcon action={tools.brush} icon={Brush} pressed={tool === "brush"} />
      <ActionIcon action={tools.eraser} icon={Eraser} pressed={tool === "eraser"} />
      <span className="tool-line" />
      <ActionIcon action={toggleSnap} icon={Magnet} pressed={snap} />
      <Suggest />
      <SceneMenu />
      <Reference />
    </div>
  );
}

/** Size of the brush, or how strong silhouettes are: what the present tool or layer needs. */
export function ToolOptions() {
  const session = useSession();
  const tool = useModel((s) => s.view.tool);
  const brush = useModel((s) => s.view.brush);
  const opacity = useModel((s) => s.view.opacity);
  const masks = useModel((s) => s.view.layers.masks);
  const paints = tool === "brush" || tool === "eraser";
  const reference = useStatus((s) => s.reference);
  const strength = useModel((s) => s.view.reference);
  const hint = useHint();
  if (!paints && !masks && !reference && hint === undefined) return null;
  return (
    <div className="tool-options">
      {hint !== undefined && <span className="tool-hint">{hint}</span>}
      {paints && (
        <>
          <Slider
            label="Brush size"
            value={brush}
            min={BRUSH_SIZES[0]}
            max={BRUSH_SIZES[1]}
            step={0.005}
            show={percent}
            onChange={(size) => session.store.run(setBrush, { brush: size })}
          />
          <ActionIcon action={fillMask} icon={PaintBucket} />
          <ActionIcon action={clearMask} icon={X} />
        </>
      )}
      {!paints && reference && (
        <Slider
          label="Reference"
          value={strength}
          min={0}
          max={1}
          step={0.05}
          show={percent}
          onChange={(value) => session.store.run(setReferenceStrength, { strength: value })}
        />
      )}
      {!paints && masks && (
        <Slider
          label="Silhouettes"
          value={opacity}
          min={0}
          max={1}
          step={0.05}
          show={percent}
          onChange={(o) => session.store.run(setOpacity, { opacity: o })}
        />
      )}
    </div>
  );
}

/** A picture of the user's under the stage. */
function Reference() {
  const session = useSession();
  const reference = useStatus((s) => s.reference);
  return (
    <IconButton
      icon={reference ? ImageOff : ImageUp}
      label={reference ? "Take the picture under the stage away" : "Lay a picture under the stage, to draw after it"}
      pressed={reference !== undefined}
      onClick={() => void (reference ? session.setReference(undefined) : session.pickReference())}
    />
  );
}

function useHint(): string | undefined {
  const tool = useModel((s) => s.view.tool);
  const heat = useModel((s) => s.view.heat);
  if (tool === "add") return "Drag a box where something should be";
  if (heat !== undefined) return `Where the next ${heat} would go`;
  return undefined;
}

function Suggest() {
  const session = useSession();
  const heat = useModel((s) => s.view.heat);
  const temperatures = useModel((s) => s.view.temperatures);
  const suggested = useModel((s) => suggestedLabel(s.doc.scene));
  const pending = useStatus((s) => s.pending);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="icon-button"
          aria-label="Suggest"
          title="Suggest"
          aria-pressed={heat !== undefined}
        >
          <Lightbulb size={17} strokeWidth={1.9} aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover suggest" side="right" sideOffset={8} collisionPadding={12}>
          <h3>Next box</h3>
          <p className="muted">A map of where the model would put one more.</p>
          <div className="suggest-row">
            <LabelPicker
              value={heat ?? suggested}
              name="Category of the next box"
              onPick={(label) => session.store.run(setHeat, { label })}
            />
            <button
              type="button"
              className="plain-button"
              aria-pressed={heat !== undefined}
              onClick={() => session.store.run(setHeat, heat === undefined ? { label: suggested } : {})}
            >
              {heat === undefined ? "Show" : "Hide"}
            </button>
          </div>
          <h3>Other layouts</h3>
          <p className="muted">The same sentence, placed anew; shown below.</p>
          <button
            type="button"
            className="plain-button"
            disabled={pending > 0}
            onClick={() => session.store.run(makeAlternatives)}
          >
            Suggest layouts
          </button>
          <h3>Boldness</h3>
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
          <p className="muted">Temperature of sampling: 0 is the likeliest, 1 as trained, more is bolder.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
