/** Pieces of the explanations: tables of numbers, bars, the mixture as ellipses, and asking the networks for them. @module */
import { type ReactNode, useEffect, useState } from "react";
import type { Call, CallAnswers } from "scenograph/model/calls";
import type { CentreComponent } from "scenograph/paper/boxes/components";
import type { StageName } from "scenograph/pipeline";
import { useSession, useStatus } from "../app/hooks.ts";

/** The latest answer of the model; undefined until there is one. A new call takes the place of the one before. */
export function useAnswer<C extends Call>(call: C | undefined): CallAnswers[C["type"]] | undefined {
  const session = useSession();
  const ready = useStatus((s) => s.model.state === "ready");
  const [answer, setAnswer] = useState<CallAnswers[C["type"]]>();
  const key = call && JSON.stringify(call);
  useEffect(() => {
    if (key === undefined || !ready) return;
    const stop = new AbortController();
    session.ask(JSON.parse(key) as C, stop.signal).then(
      (value) => stop.signal.aborted || setAnswer(value),
      // a scene that cannot be read is said where it is inferred
      () => stop.signal.aborted || setAnswer(undefined),
    );
    return () => stop.abort();
  }, [session, ready, key]);
  return answer;
}

export function Rows({ children }: { readonly children: ReactNode }) {
  return (
    <table>
      <tbody>{children}</tbody>
    </table>
  );
}

export function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  );
}

export function Time({ stage }: { readonly stage: StageName }) {
  const ms = useStatus((s) => s.times[stage]);
  return ms === undefined ? null : <Row name="Last run">{Math.round(ms)} ms</Row>;
}

export const percent = (p: number) => `${(p * 100).toFixed(p < 0.1 ? 1 : 0)}%`;

export interface Bar {
  readonly key: string;
  readonly name: string;
  /** 0 to 1. */
  readonly value: number;
}

export function Bars({ rows }: { readonly rows: readonly Bar[] }) {
  return (
    <table className="bars">
      <tbody>
        {rows.map(({ key, name, value }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>
              <span className="bar" style={{ width: `${Math.max(1, value * 70)}%` }} />
              {percent(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Many numbers of [0, 1] as one strip of columns. */
export function Columns({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  return (
    <svg
      className="columns"
      viewBox={`0 0 ${values.length} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.map((v, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its index
        <rect key={i} x={i + 0.1} y={1 - v} width={0.8} height={v} />
      ))}
    </svg>
  );
}

/** Where each Gaussian of the centre lies: the ellipse of one standard deviation, stronger the heavier. */
export function Ellipses({
  components,
  label,
}: {
  readonly components: readonly CentreComponent[];
  readonly label: string;
}) {
  return (
    <svg className="ellipses" viewBox="0 0 1 1" role="img" aria-label={label}>
      {components.map((c) => {
        const { angle, major, minor } = axesOf(c);
        return (
          <g key={`${c.weight} ${c.x}`} transform={`translate(${c.x} ${c.y}) rotate(${(angle * 180) / Math.PI})`}>
            <ellipse rx={major} ry={minor} fillOpacity={0.1 + 0.5 * c.weight} strokeOpacity={0.2 + 0.8 * c.weight} />
          </g>
        );
      })}
    </svg>
  );
}

/** Principal axes of a Gaussian's covariance [[sx^2, r sx sy], [r sx sy, sy^2]]. */
function axesOf({ sigmaX, sigmaY, rho }: CentreComponent) {
  const [a, b, d] = [sigmaX ** 2, rho * sigmaX * sigmaY, sigmaY ** 2];
  const spread = Math.hypot((a - d) / 2, b);
  const middle = (a + d) / 2;
  return {
    angle: Math.atan2(2 * b, a - d) / 2,
    major: Math.sqrt(middle + spread),
    minor: Math.sqrt(Math.max(0, middle - spread)),
  };
}
