/** The training page: runs, their curves, speed and time left, grids of samples by step. @module */
import { type ReactNode, useEffect, useState } from "react";
import { type Curve, curvesOf, duration, parseMetrics, pathOf, progressOf } from "./metrics.ts";

interface Run {
  readonly name: string;
  readonly stage: string;
  readonly steps?: number;
  readonly running: boolean;
  readonly samples: readonly string[];
}

const POLL_MS = 4000;

/** What a request answered last, asked again while the page is seen. */
function usePolled<T>(url: string | undefined, read: (response: Response) => Promise<T>): T | "missing" | undefined {
  const [value, setValue] = useState<T | "missing" | undefined>();
  useEffect(() => {
    if (url === undefined) return;
    let isOn = true;
    setValue(undefined);
    const ask = async () => {
      if (document.hidden) return;
      try {
        const response = await fetch(url, { cache: "no-cache" });
        const next = response.ok ? await read(response) : "missing";
        if (isOn) setValue(next);
      } catch {
        if (isOn) setValue("missing");
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), POLL_MS);
    return () => {
      isOn = false;
      clearInterval(timer);
    };
  }, [url, read]);
  return value;
}

const asRuns = (response: Response): Promise<Run[]> => response.json();
const asText = (response: Response): Promise<string> => response.text();

export function Training() {
  const runs = usePolled("runs/index.json", asRuns);
  const [chosen, setChosen] = useState<string | undefined>();
  const list = Array.isArray(runs) ? runs : [];
  const run = list.find((r) => r.name === chosen) ?? list[0];
  return (
    <div className="page">
      <header className="topbar">
        <h1>
          <img src="icon.svg" width="22" height="22" alt="" />
          Training
        </h1>
        <span className="spacer" />
        <a className="quiet-button" href="./">
          Studio
        </a>
      </header>
      <main className="training">
        <nav className="panel runs" aria-label="Runs">
          {list.map((r) => (
            <button
              key={r.name}
              type="button"
              aria-current={r === run ? "page" : undefined}
              onClick={() => setChosen(r.name)}
            >
              <span>{r.name}</span>
              <span className="muted">{r.running ? "running" : r.stage}</span>
            </button>
          ))}
          {runs === "missing" && (
            <p className="muted">This page needs “scenograph studio” on the machine that trains.</p>
          )}
          {list.length === 0 && runs !== "missing" && runs !== undefined && (
            <p className="muted">
              No runs here yet. Start one with “scenograph train”, or name their folder with --runs.
            </p>
          )}
        </nav>
        {run && <RunView key={run.name} run={run} />}
      </main>
    </div>
  );
}

function RunView({ run }: { readonly run: Run }) {
  const folder = `runs/${run.name.split("/").map(encodeURIComponent).join("/")}`;
  const text = usePolled(`${folder}/metrics.jsonl`, asText);
  const lines = text === undefined || text === "missing" ? [] : parseMetrics(text);
  const progress = progressOf(lines, run.steps);
  const curves = curvesOf(lines);
  return (
    <div className="run">
      <section className="panel run-facts" aria-label={run.name}>
        <h2>{run.name}</h2>
        <dl>
          <Fact name="Stage">{run.stage}</Fact>
          {progress && <Fact name="Step">{run.steps ? `${progress.step} of ${run.steps}` : progress.step}</Fact>}
          {progress?.samplesPerSecond !== undefined && (
            <Fact name="Samples a second">{progress.samplesPerSecond.toFixed(1)}</Fact>
          )}
          {progress && <Fact name="Trained for">{duration(progress.seconds)}</Fact>}
          {run.running && progress?.left !== undefined && <Fact name="Left">{duration(progress.left)}</Fact>}
        </dl>
        {progress && run.steps !== undefined && (
          <progress aria-label="Steps done" max={run.steps} value={progress.step} />
        )}
      </section>
      {run.samples.length > 0 && <Samples folder={folder} samples={run.samples} />}
      <section className="curves" aria-label="Curves">
        {curves.map((curve) => (
          <CurveView key={curve.name} curve={curve} />
        ))}
        {text !== undefined && curves.length === 0 && <p className="muted">No measurements yet.</p>}
      </section>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function CurveView({ curve }: { readonly curve: Curve }) {
  const last = curve.points.at(-1)?.[1] ?? 0;
  const values = curve.points.map(([, v]) => v);
  const shown = (v: number) =>
    Math.abs(v) >= 1000 || (v !== 0 && Math.abs(v) < 0.001) ? v.toExponential(1) : v.toPrecision(3);
  return (
    <figure className="panel curve">
      <figcaption>
        <span>{curve.name.replace("validation/", "")}</span>
        {curve.name.startsWith("validation/") && <span className="muted">validation</span>}
        <span className="spacer" />
        <strong>{shown(last)}</strong>
      </figcaption>
      <svg
        viewBox="0 0 240 72"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${curve.name}, from ${shown(Math.min(...values))} to ${shown(Math.max(...values))}, now ${shown(last)}`}
      >
        <path
          d={pathOf(curve, 240, 72)}
          fill="none"
          stroke="var(--accent)"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <span className="muted curve-range">
        {shown(Math.min(...values))} to {shown(Math.max(...values))}
      </span>
    </figure>
  );
}

/** The newest grid, until another step is chosen. */
function Samples({ folder, samples }: { readonly folder: string; readonly samples: readonly string[] }) {
  const [chosen, setChosen] = useState<number | undefined>();
  const at = Math.min(chosen ?? samples.length - 1, samples.length - 1);
  const step = Number(samples[at].replace(/\D/g, ""));
  return (
    <section className="panel samples" aria-label="Samples">
      <div className="samples-head">
        <h2>Samples at step {step}</h2>
        <span className="spacer" />
        <input
          type="range"
          aria-label="Step of the samples"
          aria-valuetext={`step ${step}`}
          min={0}
          max={samples.length - 1}
          value={at}
          onChange={(e) => {
            const n = Number(e.target.value);
            setChosen(n === samples.length - 1 ? undefined : n);
          }}
        />
      </div>
      <img src={`${folder}/samples/${samples[at]}`} alt={`Samples at step ${step}`} />
    </section>
  );
}
