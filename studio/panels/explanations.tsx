/** What each panel is in the paper, with the numbers behind it. @module */
import { CATEGORIES } from "../../src/scene/categories.ts";
import { useModel, useStatus } from "../app/hooks.ts";

const PAPER = "https://arxiv.org/abs/1801.05091";

function Foot({ section, file }: { readonly section: string; readonly file: string }) {
  return (
    <p className="explanation-foot">
      <a href={PAPER} target="_blank" rel="noreferrer">
        Hong et al. 2018, {section}
      </a>
      {" · "}
      <a href={`source/${file}.txt`} target="_blank" rel="noreferrer">
        {file}
      </a>
    </p>
  );
}

function Time({ stage }: { readonly stage: "text" | "boxes" | "masks" | "image" }) {
  const ms = useStatus((s) => s.times[stage]);
  return ms === undefined ? null : (
    <tr>
      <th scope="row">Last run</th>
      <td>{Math.round(ms)} ms</td>
    </tr>
  );
}

export function AboutSentence() {
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const words = useStatus((s) => s.words?.words ?? []);
  return (
    <>
      <h3>The sentence becomes one vector</h3>
      <p>
        A recurrent encoder reads the words in both directions. Its vector conditions every later step: which objects
        there are, where, and how the background looks.
      </p>
      <table>
        <tbody>
          {facts && (
            <tr>
              <th scope="row">Numbers in the vector</th>
              <td>{facts.embedding}</td>
            </tr>
          )}
          <tr>
            <th scope="row">Words known</th>
            <td>
              {words.filter((w) => w.known).length} of {words.length}
            </td>
          </tr>
          <Time stage="text" />
        </tbody>
      </table>
      <Foot section="section 3" file="src/text/model.ts" />
    </>
  );
}

export function AboutBoxes() {
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const heat = useStatus((s) => s.heat);
  const temperatures = useModel((s) => s.view.temperatures);
  const likely = heat
    ? Array.from(heat.answer.labels, (p, i) => ({ p, name: CATEGORIES[i]?.name ?? "nothing more" }))
        .sort((a, b) => b.p - a.p)
        .slice(0, 5)
    : [];
  return (
    <>
      <h3>One object after the other</h3>
      <p>
        An LSTM draws a label, then a box given that label from a mixture of Gaussians: first its place, then its size.
        It stops by drawing the label “end”.
      </p>
      <p className="formula">p(B₁…T | s) = ∏ p(lₜ | ·) p(x, y | lₜ, ·) p(w, h | x, y, lₜ, ·)</p>
      <table>
        <tbody>
          {facts && (
            <tr>
              <th scope="row">Components of each mixture</th>
              <td>{facts.mixtures}</td>
            </tr>
          )}
          <tr>
            <th scope="row">Temperature of labels, boxes</th>
            <td>
              {temperatures.labelTemperature.toFixed(2)}, {temperatures.boxTemperature.toFixed(2)}
            </td>
          </tr>
          <Time stage="boxes" />
        </tbody>
      </table>
      {likely.length > 0 ? (
        <>
          <h4>What would come next</h4>
          <Bars rows={likely} />
        </>
      ) : (
        <p className="muted">Turn on “Next box” to see what the model would add next, and where.</p>
      )}
      <Foot section="section 3" file="src/boxes/model.ts" />
    </>
  );
}

function Bars({ rows }: { readonly rows: readonly { readonly name: string; readonly p: number }[] }) {
  return (
    <table className="bars">
      <tbody>
        {rows.map(({ name, p }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span className="bar" style={{ width: `${Math.max(1, p * 100)}%` }} />
              {(p * 100).toFixed(p < 0.1 ? 1 : 0)}%
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function AboutMasks() {
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const painted = useModel((s) => s.doc.painted.length);
  const objects = useModel((s) => s.doc.scene.objects.length);
  return (
    <>
      <h3>Boxes become shapes</h3>
      <p>
        Every box passes through a bidirectional convolutional LSTM, so that each shape knows of the others; noise of
        its own, named by the object, makes it one of many.
      </p>
      <table>
        <tbody>
          {facts && (
            <tr>
              <th scope="row">A pixel belongs above</th>
              <td>{facts.threshold}</td>
            </tr>
          )}
          <tr>
            <th scope="row">Masks of your own</th>
            <td>
              {painted} of {objects}
            </td>
          </tr>
          <Time stage="masks" />
        </tbody>
      </table>
      <p className="muted">What you paint is kept when other things change. “Again” asks for new masks.</p>
      <Foot section="section 4" file="src/masks/model.ts" />
    </>
  );
}

export function AboutPicture() {
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const seed = useModel((s) => s.doc.scene.seed);
  return (
    <>
      <h3>Masks and sentence become a picture</h3>
      <p>
        The masks are encoded; a gate made of the sentence weighs their features, a second projection of it paints the
        background. The masks enter again at every size on the way up.
      </p>
      <p className="formula">A · σ(S), then cascaded refinement</p>
      <table>
        <tbody>
          {facts && (
            <tr>
              <th scope="row">Size</th>
              <td>
                {facts.size} × {facts.size} pixels
              </td>
            </tr>
          )}
          <tr>
            <th scope="row">Seed of all noise</th>
            <td>{seed}</td>
          </tr>
          <Time stage="image" />
        </tbody>
      </table>
      <Foot section="section 5" file="src/image/model.ts" />
    </>
  );
}
