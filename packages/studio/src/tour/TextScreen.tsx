/** Section 3: words become one vector. @module */
import { useModel, useStatus } from "../app/hooks.ts";
import { understood } from "../model/understood.ts";
import { categories } from "../model/vocabulary.ts";
import { Foot } from "../panels/explanations.tsx";
import { Bars, Row, Rows, Time, useAnswer } from "../panels/numbers.tsx";

export function TextScreen() {
  const caption = useModel((s) => s.doc.scene.caption);
  const words = useAnswer(caption.trim() === "" ? undefined : { type: "sentence", caption });
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const read = understood(caption, categories());
  const first = useAnswer(
    caption.trim() === ""
      ? undefined
      : { type: "next", caption, objects: [], label: categories().nameOf(0), rows: 1, columns: 1, temperature: 1 },
  );
  const likely =
    first &&
    Array.from(first.labels, (p, i) => ({ p, name: categories().categories[i]?.name ?? "nothing" }))
      .sort((a, b) => b.p - a.p)
      .slice(0, 6);
  return (
    <>
      <h3>The words become one vector, s</h3>
      <p>
        Every word has a vector of its own; a recurrent network reads them forwards and backwards. What it has read at
        the end{facts ? `, ${facts.embedding} numbers,` : ""} is all that the later networks hear of the sentence.
      </p>
      <p className="tour-words">
        {words?.map(({ text, known }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a word is its place
          <span key={i} className={known ? "" : "unknown"}>
            {text}
          </span>
        ))}
      </p>
      <Rows>
        <Row name="Words with a vector">
          {words ? `${words.filter((w) => w.known).length} of ${words.length}` : "…"}
        </Row>
        <Row name="Things that rules read in it">
          {read.things.map((t) => t.category ?? t.noun).join(", ") || "none"}
        </Row>
        <Time stage="text" />
      </Rows>
      {likely && (
        <>
          <h4>What the vector alone makes likely: the first thing</h4>
          <Bars rows={likely.map(({ p, name }) => ({ key: name, name, value: p }))} />
        </>
      )}
      <p className="muted">
        A gate made of the same vector opens and closes channels of the picture; it is on the last screen.
      </p>
      <Foot
        section="section 3"
        files={["packages/scenograph/src/paper/text/model.ts", "packages/scenograph/src/understand/understand.ts"]}
      />
    </>
  );
}
