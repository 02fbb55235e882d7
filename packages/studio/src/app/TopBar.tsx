/** The bar on top: undo, what is going on, live mode, files. @module */
import * as Menu from "@radix-ui/react-dropdown-menu";
import {
  AppWindow,
  ChartLine,
  Check,
  ChevronDown,
  CircleAlert,
  Columns3,
  Database,
  Eraser,
  FileDown,
  FolderOpen,
  GraduationCap,
  Keyboard,
  LayoutGrid,
  Link2,
  Loader2,
  Menu as MenuIcon,
  Moon,
  Plus,
  Redo2,
  Server,
  Share,
  Sparkle,
  Sun,
  SunMoon,
  Undo2,
  X,
  Zap,
} from "lucide-react";
import type { StageName } from "scenograph/pipeline";
import {
  type Action,
  cancel,
  exports,
  newDocument,
  newScene,
  openFile,
  redoAction,
  setCompute,
  setTheme,
  share,
  showExport,
  showGallery,
  showHelp,
  showTour,
  toggleLayout,
  toggleLive,
  undoAction,
} from "../model/actions/index.ts";
import type { Theme, View } from "../model/state.ts";
import type { Place } from "../worker/compute.ts";
import type { ModelFacts } from "../worker/protocol.ts";
import { ActionButton, ActionIcon, IconButton, Keys, Tip } from "./controls.tsx";
import { useModel, useSession, useStatus } from "./hooks.ts";

const STAGE_NAMES: Record<StageName, string> = {
  text: "Sentence",
  boxes: "Boxes",
  masks: "Silhouettes",
  image: "Picture",
};
const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ["system", "As the system", SunMoon],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon],
];

const PLACES: readonly (readonly [View["compute"], string, typeof Sun])[] = [
  ["auto", "Automatic", Sparkle],
  ["browser", "This browser", AppWindow],
  ["server", "The server", Server],
];
const PLACE_NAMES: Record<Place, string> = { browser: "this browser", server: "the server" };

/** "WebGPU", "2 threads" */
function computedBy({ device, threads }: ModelFacts): string {
  if (device === "webgpu") return "WebGPU";
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

export function TopBar() {
  const past = useModel((s) => s.history.past.at(-1)?.label);
  const future = useModel((s) => s.history.future.at(-1)?.label);
  const live = useModel((s) => s.view.live);
  return (
    <header className="topbar">
      <h1>
        <Mark />
        Scenograph
      </h1>
      <DocumentName />
      <div className="group">
        <ActionIcon action={undoAction} icon={Undo2} label={past ? `Undo: ${past}` : "Undo"} />
        <ActionIcon action={redoAction} icon={Redo2} label={future ? `Redo: ${future}` : "Redo"} />
      </div>
      <Saved />
      <span className="spacer" />
      <Progress />
      <LiveSwitch live={live} />
      <ThemeMenu />
      <span className="wide-only">
        <ActionIcon action={share} icon={Link2} />
      </span>
      <ActionButton action={showExport} icon={Share} tip="Take the scene to other programs">
        Export
      </ActionButton>
      <FileMenu />
    </header>
  );
}

/** The open scene's name; it leads to the others. */
function DocumentName() {
  const session = useSession();
  const name = useStatus((s) => s.document?.name);
  const caption = useModel((s) => s.doc.scene.caption);
  return (
    <Tip text="Your scenes" shortcut={showGallery.shortcut?.[0]}>
      <button
        type="button"
        className="document-name"
        aria-label={`Your scenes; this one is ${name ?? (caption.trim() || "untitled")}`}
        onClick={() => session.store.run(showGallery)}
      >
        <LayoutGrid size={16} aria-hidden />
        <span>{name ?? (caption.trim() || "Untitled")}</span>
        <ChevronDown size={14} aria-hidden />
      </button>
    </Tip>
  );
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="1" y="1" width="22" height="22" rx="6" fill="var(--accent)" />
      <path
        d="M5 17.5V9l3-3h8l3 3v8.5"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      <rect x="8.4" y="10.4" width="7.2" height="7.1" rx="1" fill="var(--on-accent)" />
    </svg>
  );
}

function Saved() {
  const save = useStatus((s) => s.save);
  const session = useSession();
  if (save.state === "failed")
    return (
      <Tip text={`Not saved: ${save.message}. Press to try again.`}>
        <button type="button" className="saved failed" onClick={() => void session.flush()}>
          <CircleAlert size={14} aria-hidden /> Not saved
        </button>
      </Tip>
    );
  return (
    <span className="saved" role="status">
      {save.state === "saved" ? (
        <>
          <Check size={14} aria-hidden /> Saved
        </>
      ) : (
        "Saving…"
      )}
    </span>
  );
}

/** Loading of the model, the stage that runs, or how long the last run took. */
function Progress() {
  const session = useSession();
  const model = useStatus((s) => s.model);
  const running = useStatus((s) => s.running);
  const times = useStatus((s) => s.times);
  const place = useStatus((s) => s.place);
  if (model.state === "loading") {
    const { loaded = 0, total = 0, cached = false } = model.download ?? {};
    const share = total > 0 ? loaded / total : 0;
    const mega = (n: number) => (n / 2 ** 20).toFixed(1);
    return (
      <div className="progress" role="status">
        <span>{place === "server" ? "Opening the model" : cached ? "Model from this device" : "Loading model"}</span>
        <div
          className="progress-bar"
          role="progressbar"
          aria-label="Model"
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <div style={{ width: `${share * 100}%` }} />
        </div>
        {total > 0 && (
          <span className="muted wide-only">
            {mega(loaded)} of {mega(total)} MB
          </span>
        )}
      </div>
    );
  }
  if (model.state === "failed")
    return (
      <div className="progress failed" role="alert">
        <CircleAlert size={15} aria-hidden />
        <span className="progress-message" title={model.message}>
          {model.message}
        </span>
        <button type="button" className="quiet-button" onClick={() => session.retryModel()}>
          Try again
        </button>
      </div>
    );
  if (running !== undefined)
    return (
      <div className="progress" role="status">
        <Loader2 size={15} className="spin" aria-hidden />
        <span>{STAGE_NAMES[running]}…</span>
        <IconButton className="small" icon={X} label="Stop" onClick={() => session.store.run(cancel)} />
      </div>
    );
  const total = Object.values(times).reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const parts = (Object.keys(STAGE_NAMES) as StageName[]).flatMap((s) =>
    times[s] === undefined ? [] : [`${STAGE_NAMES[s].toLowerCase()} ${Math.round(times[s])} ms`],
  );
  return (
    <Tip text={`${parts.join(" · ")}, on ${PLACE_NAMES[place]}`}>
      <button type="button" className="times">
        {total < 1000 ? `${Math.round(total)} ms` : `${(total / 1000).toFixed(1)} s`}
      </button>
    </Tip>
  );
}

function LiveSwitch({ live }: { readonly live: boolean }) {
  const session = useSession();
  return (
    <Tip text="Draw while you type and paint" shortcut={toggleLive.shortcut?.[0]}>
      <button
        type="button"
        role="switch"
        aria-checked={live}
        className={`live${live ? " on" : ""}`}
        onClick={() => session.store.run(toggleLive)}
      >
        <Zap size={14} aria-hidden /> Live
      </button>
    </Tip>
  );
}

function ThemeMenu() {
  const session = useSession();
  const theme = useModel((s) => s.view.theme);
  const [, , Icon] = THEMES.find(([name]) => name === theme) ?? THEMES[0];
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <button type="button" className="icon-button wide-only" aria-label="Light or dark" title="Light or dark">
          <Icon size={17} aria-hidden />
        </button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
          <ThemeItems theme={theme} onPick={(next) => session.store.run(setTheme, { theme: next })} />
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

function ThemeItems({ theme, onPick }: { readonly theme: Theme; readonly onPick: (theme: Theme) => void }) {
  return (
    <Menu.RadioGroup value={theme} onValueChange={(value) => onPick(value as Theme)}>
      {THEMES.map(([name, text, Icon]) => (
        <Menu.RadioItem key={name} value={name} className="menu-item">
          <Icon size={15} aria-hidden />
          {text}
          {name === theme && <Check size={14} className="menu-end" aria-hidden />}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function FileMenu() {
  const session = useSession();
  const models = useStatus((s) => s.models);
  const current = useStatus((s) => (s.model.state === "ready" ? s.model.facts.name : undefined));
  const theme = useModel((s) => s.view.theme);
  const compute = useModel((s) => s.view.compute);
  const how = useStatus((s) => (s.model.state === "ready" ? `, ${computedBy(s.model.facts)}` : ""));
  const place = useStatus((s) => s.place);
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Menu" title="Menu">
          <MenuIcon size={18} aria-hidden />
        </button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
          <Item action={newDocument} icon={Plus} />
          <Item action={showGallery} icon={LayoutGrid} />
          <Item action={openFile} icon={FolderOpen} />
          <Item action={newScene} icon={Eraser} />
          <Menu.Separator className="menu-line" />
          <Item action={exports.png} icon={FileDown} />
          <Item action={showExport} icon={Share} />
          <Item action={share} icon={Link2} />
          <Item action={toggleLayout} icon={Columns3} />
          {models.length > 1 && (
            <>
              <Menu.Separator className="menu-line" />
              <Menu.Label className="menu-label">Model</Menu.Label>
              <Menu.RadioGroup value={current} onValueChange={(name) => session.chooseModel(name)}>
                {models.map((name) => (
                  <Menu.RadioItem key={name} value={name} className="menu-item">
                    <span className="menu-gap" />
                    {name}
                    {name === current && <Check size={14} className="menu-end" aria-hidden />}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </>
          )}
          <Menu.Separator className="menu-line" />
          <Menu.Label className="menu-label">Compute on</Menu.Label>
          <Menu.RadioGroup
            value={compute}
            onValueChange={(value) => session.store.run(setCompute, { compute: value as View["compute"] })}
          >
            {PLACES.map(([choice, text, Icon]) => (
              <Menu.RadioItem key={choice} value={choice} className="menu-item">
                <Icon size={15} aria-hidden />
                {choice === "auto" ? `${text} (now ${PLACE_NAMES[place]}${how})` : text}
                {choice === compute && <Check size={14} className="menu-end" aria-hidden />}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <div className="narrow-only">
            <Menu.Separator className="menu-line" />
            <ThemeItems theme={theme} onPick={(next) => session.store.run(setTheme, { theme: next })} />
          </div>
          <Menu.Separator className="menu-line" />
          <Menu.Item className="menu-item" asChild>
            <a href="training.html">
              <ChartLine size={15} aria-hidden />
              Training runs
            </a>
          </Menu.Item>
          <Menu.Item className="menu-item" asChild>
            <a href="dataset.html">
              <Database size={15} aria-hidden />
              Dataset
            </a>
          </Menu.Item>
          <Item action={showTour} icon={GraduationCap} />
          <Item action={showHelp} icon={Keyboard} />
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Item({ action, icon: Icon }: { readonly action: Action; readonly icon?: typeof Sun }) {
  const session = useSession();
  const enabled = useModel((s) => action.enabled(s));
  return (
    <Menu.Item className="menu-item" disabled={!enabled} onSelect={() => session.store.run(action)}>
      {Icon ? <Icon size={15} aria-hidden /> : <span className="menu-gap" />}
      {action.label}
      {action.shortcut && (
        <span className="menu-end">
          <Keys shortcut={action.shortcut[0]} />
        </span>
      )}
    </Menu.Item>
  );
}
