/** Section 3: one label and one box after the other, step by step through the present scene. @module */
import { useState } from "react";
import { nameOf } from "scenograph/scene/ops";
import { isLabelled } from "scenograph/scene/scene";
import { Slider } from "../app/controls.tsx";
import { useModel, useStatus } from "../app/hooks.ts";
import { categories } from "../model/vocabulary.ts";
import { Foot } from "../panels/explanations.tsx";
import { Bars, Ellipses, percent, Row, Rows, Time, useAnswer } from "../panels/numbers.tsx";

export function LayoutScreen() {
  const caption = useModel((s) => s.doc.scene.caption);
  const objects = useModel((s) => s.doc.scene.objects);
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const [step, setStep] = useState(0);
  const steps = objects.filter(isLabelled).map(({ mask: _, ...o }) => o);
  const t = Math.min(step, steps.length);
  const now = steps[t];
  const label = now?.label ?? steps.at(-1)?.label ?? categories().nameOf(0);
  const answer = useAnswer(
    caption.trim() === ""
      ? undefined
      : { type: "next", caption, objects: steps.slice(0, t), label, rows: 1, columns: 1, temperature: 1 },
  );
  const likely =
    answer &&
    Array.from(answer.labels, (p, i) => ({ p, name: categories().categories[i]?.name ?? "nothing more" })).sort(
      (a, b) => b.p - a.p,
    );
  const name = now ? nameOf(now) : "nothing more";
  const rank = likely?.findIndex((l) => l.name === name) ?? -1;
  const rows = likely ? [...likely.slice(0, 5), ...(rank >= 5 ? [likely[rank]] : [])] : [];
  return (
    <>
      <h3>{now ? `Step ${t + 1}: ${nameOf(now)}` : `Step ${t + 1}: the layout ends`}</h3>
      <p className="formula">p(B₁…T | s) = ∏ p(lₜ | ·) p(x, y | lₜ, ·) p(w, h | x, y, lₜ, ·)</p>
      <Slider
        label="Step"
        value={t}
        min={0}
        max={Math.max(1, steps.length)}
        step={1}
        show={(v) => `${v + 1} of ${steps.length + 1}`}
        onChange={setStep}
      />
      <div className="tour-two">
        <div>
          <h4>p(l | s, {t === 0 ? "nothing yet" : `${t} ${t === 1 ? "thing" : "things"}`}): the label</h4>
          <Bars rows={rows.map((l) => ({ key: l.name, name: l.name === name ? `▸ ${l.name}` : l.name, value: l.p }))} />
          <Rows>
            <Row name="This one's place among all">{rank < 0 ? "…" : `${rank + 1} of ${likely?.length}`}</Row>
            {facts && <Row name="Components of each mixture">{facts.mixtures}</Row>}
            <Time stage="boxes" />
          </Rows>
        </div>
        {answer && (
          <div>
            <h4>p(x, y | {label}): where its centre may be</h4>
            <div className="tour-mixture">
              <Ellipses components={answer.components} label={`The mixture of the centre of a ${label}`} />
              <svg viewBox="0 0 1 1" aria-hidden="true">
                {steps.slice(0, t).map((o) => (
                  <rect key={o.id} className="past" {...rectOf(o.box)} />
                ))}
                {now && <rect className="now" {...rectOf(now.box)} />}
                {now && <circle cx={now.box[0] + now.box[2] / 2} cy={now.box[1] + now.box[3] / 2} r={0.02} />}
              </svg>
            </div>
            <table>
              <thead>
                <tr>
                  <th scope="col">weight</th>
                  <th scope="col">x</th>
                  <th scope="col">y</th>
                  <th scope="col">ρ</th>
                </tr>
              </thead>
              <tbody>
                {answer.components.slice(0, 4).map((c) => (
                  <tr key={`${c.weight} ${c.x}`}>
                    <td>{percent(c.weight)}</td>
                    <td>
                      {c.x.toFixed(2)} ± {c.sigmaX.toFixed(2)}
                    </td>
                    <td>
                      {c.y.toFixed(2)} ± {c.sigmaY.toFixed(2)}
                    </td>
                    <td>{c.rho.toFixed(2)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      <p className="muted">
        In the order of your list, farthest first. The library proposes several whole layouts and takes one that keeps
        what the sentence says; these are the network's own probabilities.
      </p>
      <Foot
        section="section 3, equations 2 to 6"
        files={["packages/scenograph/src/paper/boxes/model.ts", "packages/graph/src/nn/mixture.ts"]}
      />
    </>
  );
}

function rectOf([x, y, width, height]: readonly [number, number, number, number]) {
  return { x, y, width, height };
}
