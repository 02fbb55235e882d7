/** A panel's name, which says what the panel is in the paper: on hovering, on focus, on tapping. @module */
import * as Popover from "@radix-ui/react-popover";
import { Info } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { PANELS, type PanelName } from "../model/state.ts";
import "./explanations.css";

/** The pointer rests so long before the explanation opens, and may be away so long before it closes. */
const REST_MS = 350;
const AWAY_MS = 250;

interface PanelTitleProps {
  readonly name: PanelName;
  readonly title: string;
  readonly explanation: ReactNode;
}

export function PanelTitle({ name, title, explanation }: PanelTitleProps) {
  /** "passing" closes when pointer or focus go; "held" was asked for and stays. */
  const [open, setOpen] = useState<"passing" | "held" | undefined>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const soon = (ms: number, change: (now: typeof open) => typeof open) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(change), ms);
  };
  const stay = (e: React.PointerEvent) => {
    if (e.pointerType === "mouse") soon(REST_MS, (now) => now ?? "passing");
  };
  const leave = (e: React.PointerEvent) => {
    if (e.pointerType === "mouse") soon(AWAY_MS, (now) => (now === "held" ? now : undefined));
  };
  const close = () => {
    clearTimeout(timer.current);
    setOpen(undefined);
  };
  return (
    <Popover.Root open={open !== undefined} onOpenChange={(next) => !next && close()}>
      <h2>
        <Popover.Anchor asChild>
          <button
            type="button"
            className="panel-title"
            aria-haspopup="dialog"
            aria-expanded={open !== undefined}
            onPointerEnter={stay}
            onPointerLeave={leave}
            onFocus={(e) => {
              // a click focuses as well, and asks by itself
              if (e.currentTarget.matches(":focus-visible")) setOpen((now) => now ?? "passing");
            }}
            onBlur={(e) => {
              const inside = (e.relatedTarget as Element | null)?.closest(".explanation");
              if (open === "passing" && !inside) close();
            }}
            onClick={() => {
              clearTimeout(timer.current);
              setOpen((now) => (now === "held" ? undefined : "held"));
            }}
          >
            <span className="panel-number" aria-hidden="true">
              {PANELS.indexOf(name) + 1}
            </span>
            {title}
            <Info size={14} aria-hidden />
          </button>
        </Popover.Anchor>
      </h2>
      <Popover.Portal>
        <Popover.Content
          key={open}
          className="popover explanation"
          aria-label={`About the ${title.toLowerCase()}`}
          sideOffset={6}
          collisionPadding={12}
          align="start"
          onOpenAutoFocus={(e) => {
            // what only passes by must not take the focus along
            if (open === "passing") e.preventDefault();
          }}
          onCloseAutoFocus={(e) => {
            if (open === "passing") e.preventDefault();
          }}
          onInteractOutside={(e) => {
            // the title itself decides what a click on it means
            if ((e.target as Element).closest(".panel-title")) e.preventDefault();
          }}
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={leave}
        >
          {explanation}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
