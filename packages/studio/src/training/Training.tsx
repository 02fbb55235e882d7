/** The training page: runs, their curves, speed and time left, grids of samples by step. @module */

import { type ReactNode, useEffect, useMemo, useState } from "react";
import { PageHeader } from "../app/PageHeader.tsx";
import { CurveChart } from "./CurveChart.tsx";
import { chartGroups, curvesOf, duration, parseMetrics, progressOf } from "./metrics.ts";

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
      <PageHeader title="Training" />
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
        {run && (
          <RunView key={run.name} run={run} others={list.filter((r) => r.stage === run.stage && r.name !== run.name)} />
        )}
      </main>
    </div>
  );
}

function folderOf(run: Run): string {
  return `runs/${run.name.split("/").map(encodeURIComponent).join("/")}`;
}

/** A run's measurements, read anew while the page is seen. */
function useLines(run: Run | undefined) {
  const text = usePolled(run && `${folderOf(run)}/metrics.jsonl`, asText);
  return useMemo(() => (text === undefined || text === "missing" ? undefined : parseMetrics(text)), [text]);
}

interface RunViewProps {
  readonly run: Run;
  /** Runs of the same stage. */
  readonly others: readonly Run[];
}

function RunView({ run, others }: RunViewProps) {
  const [beside, setBeside] = useState("");
  const lines = useLines(run);
  const besideLines = useLines(others.find((r) => r.name === beside));
  const progress = progressOf(lines ?? [], run.steps);
  const groups = useMemo(() => chartGroups(curvesOf(lines ?? []), curvesOf(besideLines ?? [])), [lines, besideLines]);
  return (
    <div className="run">
      <section className="panel run-facts" aria-label={run.name}>
        <div className="run-head">
          <h2>{run.name}</h2>
          {run.running && <span className="live">running</span>}
          <span className="spacer" />
          {others.length > 0 && (
            <label>
              Compare with{" "}
              <select value={beside} onChange={(e) => setBeside(e.target.value)}>
                <option value="">no other run</option>
                {others.map((r) => (
                  <option key={r.name}>{r.name}</option>
                ))}
              </select>
            </label>
          )}
        </div>
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
      {run.samples.length > 0 && <Samples run={run} />}
      <p className="muted curve-legend" aria-hidden="true">
        <span className="key key-training" /> training <span className="key key-validation" /> validation
        {beside !== "" && (
          <>
            {" "}
            <span className="key key-beside" /> {beside}
          </>
        )}
      </p>
      {groups.map((group) => (
        <section key={group.title} aria-label={`Curves: ${group.title}`}>
          <h2 className="group-title">{group.title}</h2>
          <div className="curves">
            {group.charts.map((chart) => (
              <CurveChart key={chart.name} chart={chart} />
            ))}
          </div>
        </section>
      ))}
      {lines !== undefined && groups.length === 0 && <p className="muted">No measurements yet.</p>}
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

/** What a stage's grid shows. */
const GRIDS: Readonly<Record<string, string>> = {
  image: "Rows: layout, generated, real, generated from another picture's sentence.",
  masks: "Four places a picture: boxes, masks of two seeds, real masks.",
};

/** The newest grid, until another step is chosen. */
function Samples({ run }: { readonly run: Run }) {
  const { samples } = run;
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
      <img src={`${folderOf(run)}/samples/${samples[at]}`} alt={`Samples at step ${step}`} />
      {GRIDS[run.stage] && <p className="muted">{GRIDS[run.stage]}</p>}
    </section>
  );
}
