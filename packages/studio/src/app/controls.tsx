/** Buttons, sliders and their like, each with a name for those who cannot see it. @module */
import * as RadixSlider from "@radix-ui/react-slider";
import * as RadixTooltip from "@radix-ui/react-tooltip";
import type { LucideIcon } from "lucide-react";
import { type ComponentPropsWithRef, type ReactNode, useEffect, useState } from "react";
import type { Action } from "../model/actions/index.ts";
import { keysOf } from "../model/shortcuts.ts";
import { IS_MAC, useAction } from "./hooks.ts";

export function Keys({ shortcut }: { readonly shortcut: string }) {
  return (
    <span className="keys">
      {keysOf(shortcut, IS_MAC).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

interface TipProps {
  readonly text: string;
  readonly shortcut?: string;
  readonly children: ReactNode;
}

export function Tip({ text, shortcut, children }: TipProps) {
  return (
    <RadixTooltip.Root>
      <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
      <RadixTooltip.Portal>
        <RadixTooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {text}
          {shortcut !== undefined && <Keys shortcut={shortcut} />}
        </RadixTooltip.Content>
      </RadixTooltip.Portal>
    </RadixTooltip.Root>
  );
}

interface IconButtonProps extends Omit<ComponentPropsWithRef<"button">, "children"> {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly shortcut?: string;
  readonly pressed?: boolean;
}

export function IconButton({ icon: Icon, label, shortcut, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <button
        type="button"
        className={`icon-button ${className ?? ""}`}
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={shortcut?.replace("Ctrl", "Control")}
        {...rest}
      >
        <Icon size={17} strokeWidth={1.9} aria-hidden />
      </button>
    </Tip>
  );
}

/** A button of a command: its name, its key, its state. */
export function ActionIcon({
  action,
  icon,
  pressed,
  label,
}: {
  readonly action: Action;
  readonly icon: LucideIcon;
  readonly pressed?: boolean;
  readonly label?: string;
}) {
  const { enabled, run } = useAction(action);
  return (
    <IconButton
      icon={icon}
      label={label ?? action.label}
      shortcut={action.shortcut?.[0]}
      pressed={pressed}
      className={action.id.startsWith("view.tool.") ? "tool" : undefined}
      disabled={!enabled}
      onClick={run}
    />
  );
}

export function ActionButton({
  action,
  icon: Icon,
  children,
  tip,
}: {
  readonly action: Action;
  readonly icon: LucideIcon;
  readonly children: ReactNode;
  readonly tip: string;
}) {
  const { enabled, run } = useAction(action);
  return (
    <Tip text={tip} shortcut={action.shortcut?.[0]}>
      <button type="button" className="quiet-button" aria-label={action.label} disabled={!enabled} onClick={run}>
        <Icon size={15} strokeWidth={1.9} aria-hidden />
        {children}
      </button>
    </Tip>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly show?: (value: number) => string;
  /** In a narrow place: the thumb alone, its name for those who hear it and on hovering. */
  readonly bare?: boolean;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step, show, bare, onChange }: SliderProps) {
  const said = show ? show(value) : String(value);
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the thumb has its own name
    <label className="slider-row" title={bare ? `${label}: ${said}` : undefined}>
      {!bare && <span className="slider-label">{label}</span>}
      <RadixSlider.Root
        className="slider"
        value={[value]}
        min={min}
        max={max}
        step={step}
        onValueChange={([v]) => onChange(v)}
      >
        <RadixSlider.Track className="slider-track">
          <RadixSlider.Range className="slider-range" />
        </RadixSlider.Track>
        <RadixSlider.Thumb className="slider-thumb" aria-label={label} aria-valuetext={said} />
      </RadixSlider.Root>
      {!bare && <span className="slider-value">{said}</span>}
    </label>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly disabled?: boolean;
  readonly onCommit: (value: number) => void;
}

/** A number that counts when the field is left or Enter is pressed; arrow keys count at once. */
export function NumberField({ label, value, min, max, step = 1, disabled, onCommit }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const commit = (raw: string) => {
    const n = Number(raw);
    if (raw.trim() === "" || !Number.isFinite(n)) setText(String(value));
    else if (n !== value) onCommit(Math.min(max, Math.max(min, n)));
  };
  return (
    <label className="number-field">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={text}
        disabled={disabled}
        onChange={(e) => setText(e.target.value)}
        onBlur={(e) => commit(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter") commit(e.currentTarget.value);
          const by = e.key === "ArrowUp" ? step : e.key === "ArrowDown" ? -step : 0;
          if (by === 0) return;
          e.preventDefault();
          onCommit(Math.min(max, Math.max(min, Math.round((value + by * (e.shiftKey ? 10 : 1)) * 1000) / 1000)));
        }}
      />
    </label>
  );
}
