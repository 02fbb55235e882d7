/** The frame of a panel: its name, what it is in the paper, its stage's commands. @module */

import { RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { ActionButton } from "../app/controls.tsx";
import { useModel, useSession } from "../app/hooks.ts";
import { inferAgain, panels } from "../model/actions/index.ts";
import type { Inferred } from "../model/stages.ts";
import type { PanelName } from "../model/state.ts";
import { PanelTitle } from "./PanelTitle.tsx";

interface PanelProps {
  readonly name: PanelName;
  readonly title: string;
  readonly stage?: Inferred;
  readonly explanation: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ name, title, stage, explanation, aside, children }: PanelProps) {
  const session = useSession();
  const isOpen = useModel((s) => s.view.panel === name);
  const isStale = useModel((s) => stage !== undefined && s.doc.stale.includes(stage));
  const ref = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // the key of a panel moves the focus there, but the page's beginning leaves it alone
    if (isOpen && !first.current && !ref.current?.contains(document.activeElement))
      ref.current?.focus({ preventScroll: false });
    first.current = false;
  }, [isOpen]);
  return (
    <section
      ref={ref}
      className={`panel panel-${name}${isOpen ? " open" : ""}`}
      aria-label={title}
      tabIndex={-1}
      onPointerDownCapture={(e) => {
        // on a phone the panel grows, and this button would move away from under the finger
        const infers = (e.target as Element).closest(".primary-button") !== null;
        if (!isOpen && !infers) session.store.run(panels[name]);
      }}
    >
      <header className="panel-head">
        <PanelTitle name={name} title={title} explanation={explanation} />
        <span className="spacer" />
        {stage && (
          <ActionButton
            action={inferAgain[stage]}
            icon={RefreshCw}
            tip={`Draw the ${name} again, with another seed unless it is kept, and what follows`}
          >
            Again
          </ActionButton>
        )}
        {aside}
      </header>
      {children}
      {isStale && <span className="stale-mark">out of date</span>}
    </section>
  );
}
