/** How the selected thing looks: poses and looks to choose from, its colour, its facing, and others like it. @module */
import { CopyCheck, FlipHorizontal2, Shuffle } from "lucide-react";
import { contourPath } from "scenograph/scene/contours";
import { nameOf } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { useAction, useModel, useSession, useStatus } from "../app/hooks.ts";
import { contoursOf } from "../canvas/contours.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { inferMask, likeThis, setCaption, setColour, setLook, setPose, turnRound } from "../model/actions/index.ts";
import { colorOf } from "../model/palette.ts";
import { isChosen } from "../model/state.ts";
import { plural } from "../model/suggest.ts";
import { understood } from "../model/understood.ts";
import { categories } from "../model/vocabulary.ts";
import { SAID_COLOURS, withColour } from "../model/wording.ts";
import { useAnswer } from "./numbers.tsx";

/** Thumbnails of each kind. */
const CHOICES = 8;
/** Pixels of a look's thumbnail. */
const SIDE = 64;

export function Drawer({ object: o, name }: { readonly object: SceneObject; readonly name: string }) {
  const session = useSession();
  const facts = useStatus((s) => (s.model.state === "ready" ? s.model.facts : undefined));
  const scene = useModel((s) => s.doc.scene);
  const another = useAction(inferMask);
  const others = scene.objects.filter((p) => p.label === o.label && p.id !== o.id && !p.locked);
  if (!facts || o.label === null) return null;
  return (
    <div className="drawer">
      {facts.poses > 0 && <Poses object={o} name={name} />}
      {facts.looks > 0 && <Looks object={o} name={name} />}
      <Colours object={o} hasLooks={facts.looks > 0} />
      <div className="drawer-row">
        <button type="button" className="plain-button" disabled={!another.enabled} onClick={another.run}>
          <Shuffle size={15} aria-hidden /> Another
        </button>
        {facts.poses > 0 && (
          <button
            type="button"
            className="plain-button"
            disabled={o.locked || o.pose === undefined}
            onClick={() => session.store.run(turnRound, { id: o.id, codes: facts.poses })}
          >
            <FlipHorizontal2 size={15} aria-hidden /> Turn round
          </button>
        )}
        {facts.poses + facts.looks > 0 && others.length > 0 && (
          <button type="button" className="plain-button" onClick={() => session.store.run(likeThis, { id: o.id })}>
            <CopyCheck size={15} aria-hidden /> All {plural(nameOf(o))} like this
          </button>
        )}
      </div>
    </div>
  );
}

interface PartProps {
  readonly object: SceneObject;
  readonly name: string;
}

function Poses({ object: o, name }: PartProps) {
  const session = useSession();
  const scene = useModel((s) => s.doc.scene);
  // while a thing is moved its choices stay as they are
  const isMoving = useStatus((s) => s.gesture);
  const bare = { ...scene, objects: scene.objects.map(({ mask: _, ...p }) => p) };
  const choices = useAnswer(isMoving ? undefined : { type: "poses", scene: bare, id: o.id, count: CHOICES });
  return (
    <section aria-label={`Poses of ${name}`}>
      <h3>Pose</h3>
      <div className="choices">
        {choices?.map(({ pose, share, mask }, i) => (
          <button
            key={pose}
            type="button"
            className="choice"
            aria-label={`Pose ${i + 1}, ${Math.round(share * 100)}%`}
            aria-pressed={pose === o.pose}
            disabled={o.locked}
            onClick={() => session.store.run(setPose, { id: o.id, pose, mask })}
          >
            <svg viewBox={around(o.box)} aria-hidden="true">
              <path d={contourPath(contoursOf(mask), 100, 100)} fill={colorOf(o.label)} fillRule="evenodd" />
            </svg>
          </button>
        ))}
        {!choices && <Empty />}
      </div>
    </section>
  );
}

function Looks({ object: o, name }: PartProps) {
  const session = useSession();
  const scene = useModel((s) => s.doc.scene);
  const isMoving = useStatus((s) => s.gesture);
  const choices = useAnswer(isMoving ? undefined : { type: "looks", scene, id: o.id, count: CHOICES, side: SIDE });
  const isOwn = useModel((s) => isChosen(s.doc, o.id, "look"));
  return (
    <section aria-label={`Looks of ${name}`}>
      <h3>Look</h3>
      <div className="choices">
        {choices?.map(({ look, share, picture }, i) => (
          <button
            key={look}
            type="button"
            className="choice"
            aria-label={`Look ${i + 1}, ${Math.round(share * 100)}%`}
            aria-pressed={look === o.look}
            disabled={o.locked}
            onClick={() => session.store.run(setLook, { id: o.id, ...(!(isOwn && look === o.look) && { look }) })}
          >
            <Pixels picture={picture} label="" />
          </button>
        ))}
        {!choices && <Empty />}
      </div>
    </section>
  );
}

function Empty() {
  return Array.from({ length: CHOICES }, (_, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: places that are still empty are all the same
    <span key={i} className="choice waiting" aria-hidden="true" />
  ));
}

/** Any colour where the model paints looks; else those that the sentence can say. */
function Colours({ object: o, hasLooks }: { readonly object: SceneObject; readonly hasLooks: boolean }) {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  const isOwn = useModel((s) => isChosen(s.doc, o.id, "colour"));
  const read = understood(caption, categories());
  const thing = read.things.find((t) => t.category === o.label && !t.negated);
  if (!hasLooks && !thing) return null;
  const said = thing?.colours[0];
  const pick = (name: string, colour: string) => {
    if (hasLooks) {
      const isOff = isOwn && o.colour === colour;
      session.store.run(setColour, { id: o.id, ...(!isOff && { colour }) });
    } else if (thing) {
      session.store.run(setCaption, { caption: withColour(read, thing, said === name ? undefined : name) });
    }
  };
  return (
    <fieldset className="colours" disabled={o.locked}>
      <legend>{hasLooks ? "Colour" : "Colour, said in the sentence"}</legend>
      <div className="swatches">
        {Object.entries(SAID_COLOURS).map(([name, colour]) => (
          <button
            key={name}
            type="button"
            className="swatch"
            style={{ background: colour }}
            aria-label={name}
            title={name}
            aria-pressed={hasLooks ? o.colour === colour : said === name}
            onClick={() => pick(name, colour)}
          />
        ))}
        {hasLooks && (
          <input
            type="color"
            className="swatch"
            aria-label="Any colour"
            value={o.colour ?? "#808080"}
            onChange={(e) => session.store.run(setColour, { id: o.id, colour: e.target.value })}
          />
        )}
      </div>
    </fieldset>
  );
}

/** A square view around a box, in percent of the picture. */
export function around([x, y, w, h]: Box): string {
  const side = Math.max(w, h) * 1.12;
  return [x + w / 2 - side / 2, y + h / 2 - side / 2, side, side].map((v) => v * 100).join(" ");
}
