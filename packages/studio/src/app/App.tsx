/** The page: bar, four panels, objects, strip; keys and dropped files. @module */
import * as RadixTooltip from "@radix-ui/react-tooltip";
import { CircleAlert, FileInput, Info, X } from "lucide-react";
import { useEffect, useState } from "react";
import { copiedText, deleteObject, panels, pastedObjects, pasteObjects } from "../model/actions/index.ts";
import { commandOf } from "../model/shortcuts.ts";
import { PANELS, selectedObjects } from "../model/state.ts";
import { ObjectList } from "../panels/ObjectList.tsx";
import { SentencePanel } from "../panels/SentencePanel.tsx";
import { Strip } from "../panels/Strip.tsx";
import { StageView } from "../stage/StageView.tsx";
import { Dialogs } from "./dialogs.tsx";
import { SessionContext, useModel, useSession, useStatus } from "./hooks.ts";
import { Later, lazily } from "./lazily.tsx";
import type { Session } from "./session.ts";
import { TopBar } from "./TopBar.tsx";

/** Its canvases are a third of the program. */
const SideBySide = lazily(() => import("../panels/SideBySide.tsx").then((m) => m.SideBySide));

export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext value={session}>
      <RadixTooltip.Provider delayDuration={500} skipDelayDuration={200}>
        <Page />
      </RadixTooltip.Provider>
    </SessionContext>
  );
}

function Page() {
  useKeys();
  useClipboard();
  useTheme();
  const layout = useModel((s) => s.view.layout);
  const isOver = useDrop();
  return (
    <div className={`page layout-${layout}`}>
      <TopBar />
      <main>
        <SentencePanel />
        {layout === "side" ? (
          <Later>
            <SideBySide />
          </Later>
        ) : (
          <div className="one-stage">
            <StageView />
            <ObjectList />
          </div>
        )}
        <Strip />
      </main>
      {layout === "side" && <PanelTabs />}
      <Dialogs />
      <Toasts />
      {isOver && (
        <div className="drop" aria-hidden="true">
          <FileInput size={36} />
          <p>Drop a Scenograph PNG, a scene or a COCO annotation</p>
        </div>
      )}
    </div>
  );
}

/** On narrow screens one panel is seen at a time. */
function PanelTabs() {
  const session = useSession();
  const open = useModel((s) => s.view.panel);
  return (
    <nav className="panel-tabs" aria-label="Panels">
      {PANELS.map((panel) => (
        <button
          key={panel}
          type="button"
          aria-current={panel === open ? "page" : undefined}
          onClick={() => session.store.run(panels[panel])}
        >
          {panel}
        </button>
      ))}
    </nav>
  );
}

function Toasts() {
  const session = useSession();
  const toasts = useStatus((s) => s.toasts);
  return (
    <section className="toasts" aria-label="Messages" aria-live="polite">
      {toasts.map((t) => (
        <div key={t.id} className={`toast ${t.kind}`} role={t.kind === "error" ? "alert" : undefined}>
          {t.kind === "error" ? <CircleAlert size={17} aria-hidden /> : <Info size={17} aria-hidden />}
          <p>{t.text}</p>
          {t.act && (
            <button
              type="button"
              className="toast-act"
              onClick={() => {
                t.act?.run();
                session.messages.dismiss(t.id);
              }}
            >
              {t.act.label}
            </button>
          )}
          <button
            type="button"
            className="icon-button small"
            aria-label="Dismiss"
            onClick={() => session.messages.dismiss(t.id)}
          >
            <X size={15} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  );
}

function useKeys(): void {
  const session = useSession();
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement;
      if (e.defaultPrevented || target.closest("[role=dialog], [role=menu], [role=listbox]")) return;
      const isText = target.matches("input:not([type=range]), textarea, select");
      const command = commandOf(e, isText);
      if (!command) return;
      // arrows and Enter belong to a slider, tab or button that has the focus
      const isControl = target.matches("[role=slider], [role=tab], [role=radio], input[type=range]");
      if (isControl && /^(Arrow|Home|End)/.test(e.key)) return;
      e.preventDefault();
      session.store.run(command);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [session]);
}

/** Copies of things, within the page and between tabs; the browser's own keys and menus. */
function useClipboard(): void {
  const session = useSession();
  useEffect(() => {
    const isText = (e: Event) => (e.target as Element | null)?.closest?.("input, textarea") != null;
    const hasText = () => (getSelection()?.toString() ?? "") !== "";
    const onCopy = (e: ClipboardEvent) => {
      const chosen = selectedObjects(session.store.state);
      if (isText(e) || hasText() || chosen.length === 0) return;
      e.preventDefault();
      e.clipboardData?.setData("text/plain", copiedText(chosen));
      if (e.type === "cut") session.store.run(deleteObject);
    };
    const onPaste = (e: ClipboardEvent) => {
      if (isText(e)) return;
      const file = e.clipboardData?.files[0];
      if (file) return void session.openFile(file);
      const text = e.clipboardData?.getData("text/plain") ?? "";
      try {
        const objects = pastedObjects(text);
        if (objects) session.store.run(pasteObjects, { objects });
        else if (/^\s*[[{]/.test(text)) void session.openFile(new File([text], "pasted.json"));
      } catch (error) {
        session.messages.error((error as Error).message);
      }
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [session]);
}

function useTheme(): void {
  const theme = useModel((s) => s.view.theme);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const isDark = theme === "dark" || (theme === "system" && system.matches);
      document.documentElement.dataset.theme = isDark ? "dark" : "light";
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
}

/** Files may be dropped anywhere. -> whether one is held over the page */
function useDrop(): boolean {
  const session = useSession();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFile = (e: DragEvent) => e.dataTransfer?.types.includes("Files") === true;
    const onOver = (e: DragEvent) => {
      if (!hasFile(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const onLeave = (e: DragEvent) => {
      if (e.relatedTarget === null) setOver(false);
    };
    const onDrop = (e: DragEvent) => {
      if (!hasFile(e)) return;
      e.preventDefault();
      setOver(false);
      const file = e.dataTransfer?.files[0];
      if (file) void session.openFile(file);
    };
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
    };
  }, [session]);
  return isOver;
}
