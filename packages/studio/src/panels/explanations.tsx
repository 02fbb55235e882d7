/** What each panel is in the paper, with the numbers behind it: those of this sentence and scene, from the networks. @module */
import { maskArea } from "scenograph/formats/rle";
import type { TextGate } from "scenograph/model/calls";
import { sizeName } from "scenograph/scene/geometry";
import type { SceneObject } from "scenograph/scene/scene";
import { useModel, useStatus } from "../app/hooks.ts";
import { categories } from "../model/vocabulary.ts";
import { Bars, Columns, Ellipses, percent, Row, Rows, Time, useAnswer } from "./numbers.tsx";

const PAPER = "https://arxiv.org/abs/1801.05091";
/** Rows that still fit a phone. */
const MOST = 6;

export function Foot({ section, files }: { readonly section: string; readonly files: readonly string[] }) {
  return (
    <p className="explanation-foot">
      <a href={PAPER} target="_blank" rel="noreferrer">
        Hong et al. 2018, {section}
      </a>
      {files.map((file) => (
        <span key={file}>
          {" · "}
          <a href={`source/${file}.txt`} target="_blank" rel="noreferrer">
            {file}
          </a>
        </span>
      ))}
    </p>
  );
}

function useFacts() {
  return useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
}

export function AboutSentence() {
  const facts = useFacts();
  const words = useStatus((s) => s.words?.words ?? []);
  return (
    <>
      <h3>The sentence becomes one vector</h3>
      <p>
        A recurrent encoder reads the words in both directions. Its vector conditions every later step: which objects
        there are, where, and how the background looks.
      </p>
      <Rows>
        {facts && <Row name="Numbers in the vector">{facts.embedding}</Row>}
        <Row name="Words known">
          {words.filter((w) => w.known).length} of {words.length}
        </Row>
        <Time stage="text" />
      </Rows>
      <p className="muted">What it opens and closes in the picture is told at the picture.</p>
      <Foot section="section 3" files={["packages/scenograph/src/paper/text/model.ts"]} />
    </>
  );
}

export function AboutBoxes() {
  const facts = useFacts();
  const { labelTemperature, boxTemperature } = useModel((s) => s.view.temperatures);
  const objects = useModel((s) => s.doc.scene.objects);
  const drawn = objects.filter((o) => o.score !== undefined);
  return (
    <>
      <h3>One object after the other</h3>
      <p>
        An LSTM draws a label, then a box given that label from a mixture of Gaussians: first its place, then its size.
        It stops by drawing the label “end”.
      </p>
      <p className="formula">p(B₁…T | s) = ∏ p(lₜ | ·) p(x, y | lₜ, ·) p(w, h | x, y, lₜ, ·)</p>
      {drawn.length > 0 && (
        <>
          <h4>How likely each label was at its step</h4>
          <Bars
            rows={drawn.slice(0, MOST).map((o) => ({ key: o.id, name: stepName(o, objects), value: o.score ?? 0 }))}
          />
          {drawn.length > MOST && <p className="muted">and {drawn.length - MOST} more</p>}
        </>
      )}
      <NextBox />
      <Rows>
        {facts && <Row name="Components of each mixture">{facts.mixtures}</Row>}
        <Row name="Temperature of labels, boxes">
          {labelTemperature.toFixed(2)}, {boxTemperature.toFixed(2)}
        </Row>
        <Time stage="boxes" />
      </Rows>
      <Foot
        section="section 3"
        files={["packages/scenograph/src/paper/boxes/model.ts", "packages/graph/src/nn/mixture.ts"]}
      />
    </>
  );
}

function stepName(object: SceneObject, objects: readonly SceneObject[]): string {
  return `${objects.indexOf(object) + 1}. ${object.label}`;
}

/** What the model would add to the objects that are there: labels, and the mixture of the likeliest one's centre. */
function NextBox() {
  const caption = useModel((s) => s.doc.scene.caption);
  const objects = useModel((s) => s.doc.scene.objects);
  const heat = useModel((s) => s.view.heat);
  const grid = { rows: 1, columns: 1, temperature: 1 };
  const bare = objects.map(({ mask: _, ...o }) => o);
  const first = useAnswer({ type: "next", caption, objects: bare, label: "person", ...grid });
  const probabilities = first && Array.from(first.labels, (p, i) => ({ p, name: categories().categories[i]?.name }));
  const likely = probabilities?.sort((a, b) => b.p - a.p);
  const label = heat ?? likely?.find((l) => l.name !== undefined)?.name;
  const next = useAnswer(label === undefined ? undefined : { type: "next", caption, objects: bare, label, ...grid });
  if (!likely || label === undefined) return <p className="muted">Reading the networks…</p>;
  return (
    <>
      <h4>What would come next</h4>
      <Bars
        rows={likely.slice(0, 4).map(({ p, name }) => ({ key: name ?? "end", name: name ?? "nothing more", value: p }))}
      />
      {next && (
        <div className="mixture">
          <Ellipses components={next.components} label={`Where the centre of a ${label} would lie`} />
          <table>
            <caption>Where a {label} would go</caption>
            <thead>
              <tr>
                <th scope="col">weight</th>
                <th scope="col">x</th>
                <th scope="col">y</th>
              </tr>
            </thead>
            <tbody>
              {next.components.slice(0, 4).map((c) => (
                <tr key={`${c.weight} ${c.x}`}>
                  <td>{percent(c.weight)}</td>
                  <td>
                    {c.x.toFixed(2)} ± {c.sigmaX.toFixed(2)}
                  </td>
                  <td>
                    {c.y.toFixed(2)} ± {c.sigmaY.toFixed(2)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

export function AboutMasks() {
  const facts = useFacts();
  const painted = useModel((s) => s.doc.painted.length);
  const objects = useModel((s) => s.doc.scene.objects);
  const masked = objects.filter((o) => o.mask);
  return (
    <>
      <h3>Boxes become shapes</h3>
      <p>
        Every box passes through a bidirectional convolutional LSTM, so that each shape knows of the others; noise of
        its own, named by the object, makes it one of many.
      </p>
      {masked.length > 0 && (
        <>
          <h4>How much of its box each shape fills</h4>
          <Bars
            rows={masked.slice(0, MOST).map((o) => ({ key: o.id, name: stepName(o, objects), value: filled(o) }))}
          />
          {masked.length > MOST && <p className="muted">and {masked.length - MOST} more</p>}
        </>
      )}
      <Rows>
        {facts && <Row name="A pixel belongs above">{facts.threshold}</Row>}
        <Row name="Masks of your own">
          {painted} of {objects.length}
        </Row>
        <Time stage="masks" />
      </Rows>
      <p className="muted">What you paint is kept when other things change. “Again” asks for new masks.</p>
      <Foot section="section 4" files={["packages/scenograph/src/paper/masks/model.ts"]} />
    </>
  );
}

export function filled({ mask, box: [, , w, h] }: SceneObject): number {
  return mask ? Math.min(1, maskArea(mask) / (mask.width * mask.height * w * h)) : 0;
}

export function AboutPicture() {
  const facts = useFacts();
  const scene = useModel((s) => s.doc.scene);
  const gate = useAnswer(scene.caption.trim() === "" ? undefined : { type: "gate", scene });
  return (
    <>
      <h3>Masks and sentence become a picture</h3>
      <p>
        The masks are encoded; a gate made of the sentence weighs their features, a second projection of it paints the
        background. The masks enter again at every size on the way up.
      </p>
      <p className="formula">A · σ(S), then cascaded refinement</p>
      {gate ? <Gate gate={gate} /> : <p className="muted">Reading the networks…</p>}
      <Rows>
        {facts && <Row name="Size">{sizeName(facts.size).replace("x", "×")} pixels</Row>}
        <Row name="Seed of all noise">{scene.seed}</Row>
        <Time stage="image" />
      </Rows>
      <Foot
        section="section 5"
        files={["packages/scenograph/src/paper/image/model.ts", "packages/scenograph/src/paper/image/gate.ts"]}
      />
    </>
  );
}

export function Gate({ gate: { channels, background } }: { readonly gate: TextGate }) {
  const numbered = channels.map((c, i) => ({ ...c, number: i + 1 }));
  const byOpening = [...numbered].sort((a, b) => b.open - a.open);
  const mean = channels.reduce((sum, c) => sum + c.open, 0) / channels.length;
  const on = background.filter((v) => v > 0).length;
  const most = background.reduce((top, v) => Math.max(top, v), 0);
  return (
    <>
      <h4>What this sentence opens and closes</h4>
      <Columns
        values={channels.map((c) => c.open)}
        label={`The gate of ${channels.length} channels, open by ${percent(mean)} on average`}
      />
      <table className="channels">
        <thead>
          <tr>
            <th scope="col">channel</th>
            <th scope="col">answers most to</th>
            <th scope="col">open</th>
          </tr>
        </thead>
        <tbody>
          {[...byOpening.slice(0, 3), ...byOpening.slice(-3)].map((c) => (
            <tr key={c.number}>
              <th scope="row">{c.number}</th>
              <td>
                {c.where ?? "the ground"} <span className="muted">×{c.lift.toFixed(1)}</span>
              </td>
              <td>{percent(c.open)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {background.length > 0 && (
        <>
          <h4>The background text</h4>
          <Columns
            values={background.map((v) => (most > 0 ? Math.max(0, v) / most : 0))}
            label={`${on} of ${background.length} numbers of the background text are on`}
          />
          <p className="muted">
            {on} of {background.length} numbers are on
          </p>
        </>
      )}
    </>
  );
}
