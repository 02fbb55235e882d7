/** One quantity over the steps: training, validation, and another run beside it; the values of a step on hovering. @module */
import { useState } from "react";
import { type Chart, type Curve, extentOf, pathOf, pointAt } from "./metrics.ts";

const WIDTH = 240;
const HEIGHT = 80;

export function shown(v: number): string {
  return Math.abs(v) >= 1000 || (v !== 0 && Math.abs(v) < 0.001) ? v.toExponential(1) : v.toPrecision(3);
}

export function CurveChart({ chart }: { readonly chart: Chart }) {
  const { name, training, validation, beside } = chart;
  const own = [training, validation].filter((c) => c !== undefined);
  const extent = extentOf([...own, ...(beside ? [beside] : [])]);
  const [first, last] = extent.steps;
  /** The step under the pointer. */
  const [step, setStep] = useState<number | undefined>();
  const at = (curve: Curve | undefined) => curve && (step === undefined ? curve.points.at(-1) : pointAt(curve, step));
  const lines = [
    { kind: "beside", curve: beside },
    { kind: "training", curve: training },
    { kind: "validation", curve: validation },
  ].filter((line): line is { kind: string; curve: Curve } => line.curve !== undefined);
  const main = at(training ?? validation);
  const [low, high] = extent.values;
  return (
    <figure className="panel curve">
      <figcaption>
        <span className="curve-name">{name}</span>
        <span className="spacer" />
        {training && validation && (
          <span className="muted" title="validation">
            {shown(at(validation)?.[1] ?? Number.NaN)} val.
          </span>
        )}
        <strong>{main && shown(main[1])}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, from ${shown(low)} to ${shown(high)}, ${own
          .map((c) => `${c === validation ? "in validation" : "in training"} now ${shown(c.points.at(-1)?.[1] ?? 0)}`)
          .join(", ")}`}
        onPointerMove={(e) => {
          const box = e.currentTarget.getBoundingClientRect();
          setStep(first + ((e.clientX - box.left) / box.width) * (last - first));
        }}
        onPointerLeave={() => setStep(undefined)}
      >
        {lines.map(({ kind, curve }) => (
          <path
            key={kind}
            className={`line-${kind}`}
            d={pathOf(curve, WIDTH, HEIGHT, extent)}
            fill="none"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {step !== undefined && main && last > first && (
          <line
            className="curve-at"
            x1={((main[0] - first) / (last - first)) * WIDTH}
            x2={((main[0] - first) / (last - first)) * WIDTH}
            y1={0}
            y2={HEIGHT}
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <span className="muted curve-range">
        <span>
          {shown(low)} to {shown(high)}
        </span>
        <span>{main && `step ${main[0].toLocaleString("en")}`}</span>
      </span>
      {beside && (
        <span className="muted curve-range">
          <span>the other run</span>
          <span>{shown(at(beside)?.[1] ?? Number.NaN)}</span>
        </span>
      )}
    </figure>
  );
}
