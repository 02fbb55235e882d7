/** Section 4: boxes become silhouettes, each by its code or its noise. @module */
import { contourPath } from "scenograph/scene/contours";
import { nameOf } from "scenograph/scene/ops";
import { isLabelled, type LabelledObject } from "scenograph/scene/scene";
import { useModel, useStatus } from "../app/hooks.ts";
import { contoursOf } from "../canvas/contours.ts";
import { colorOf } from "../model/palette.ts";
import { around } from "../panels/Drawer.tsx";
import { Foot, filled } from "../panels/explanations.tsx";
import { percent, Row, Rows, Time, useAnswer } from "../panels/numbers.tsx";

/** Rows that fit a screen. */
const MOST = 6;
const CHOICES = 5;

export function MasksScreen() {
  const scene = useModel((s) => s.doc.scene);
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const objects = scene.objects.filter(isLabelled);
  const codes = facts?.poses ?? 0;
  return (
    <>
      <h3>Boxes become silhouettes</h3>
      <p>
        {codes > 0
          ? `A box does not say how a thing stands. One of ${codes} pose codes does: it is drawn from p(pose | label, box, words, neighbours), and a network draws the silhouette that the code means. Ours; the paper draws from noise.`
          : "All boxes pass through a bidirectional convolutional LSTM, so that each shape knows of the others; noise of its own, named by the object, makes it one of many."}
      </p>
      <div className="tour-masks">
        {objects.slice(0, MOST).map((o) => (
          <MaskRow key={o.id} object={o} codes={codes} />
        ))}
      </div>
      {objects.length > MOST && <p className="muted">and {objects.length - MOST} more</p>}
      <Rows>
        {facts && <Row name="A pixel belongs above">{facts.threshold}</Row>}
        <Row name="Seed of all draws">{scene.seed}</Row>
        <Time stage="masks" />
      </Rows>
      <Foot
        section="section 4"
        files={["packages/scenograph/src/paper/masks/model.ts", "packages/scenograph/src/ours/poses/infer.ts"]}
      />
    </>
  );
}

function MaskRow({ object: o, codes }: { readonly object: LabelledObject; readonly codes: number }) {
  const scene = useModel((s) => s.doc.scene);
  const bare = { ...scene, objects: scene.objects.map(({ mask: _, ...p }) => p) };
  const choices = useAnswer(codes > 0 ? { type: "poses", scene: bare, id: o.id, count: CHOICES } : undefined);
  return (
    <div className="tour-mask">
      <svg viewBox={around(o.box)} role="img" aria-label={`Silhouette of ${nameOf(o)}`}>
        {o.mask && <path d={contourPath(contoursOf(o.mask), 100, 100)} fill={colorOf(o.label)} fillRule="evenodd" />}
      </svg>
      <div>
        <strong>{nameOf(o)}</strong>
        <p className="muted">
          {o.pose !== undefined && codes > 0 && `code ${o.pose % codes}${o.pose >= codes ? ", mirrored" : ""}; `}
          fills {percent(filled(o))} of its box
        </p>
      </div>
      <div className="tour-codes">
        {choices?.map(({ pose, share, mask }) => (
          <figure key={pose} className={pose === o.pose ? "now" : undefined}>
            <svg viewBox={around(o.box)} aria-hidden="true">
              <path d={contourPath(contoursOf(mask), 100, 100)} fill={colorOf(o.label)} fillRule="evenodd" />
            </svg>
            <figcaption>
              {pose % codes}: {percent(share)}
            </figcaption>
          </figure>
        ))}
      </div>
    </div>
  );
}
