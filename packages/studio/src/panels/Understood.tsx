/** What was understood of the sentence, in one line; what cannot be drawn, with what could be in its place. @module */
import { useEffect, useState } from "react";
import type { RelationKind, Understanding } from "scenograph/understand/index";
import { Keys } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { setCaption } from "../model/actions/index.ts";
import { colorOf } from "../model/palette.ts";
import { plural } from "../model/suggest.ts";
import { counted, replaced } from "../model/understood.ts";

/** As far as boxes show them. */
const RELATIONS: Partial<Record<RelationKind, string>> = {
  left: "left of",
  right: "right of",
  above: "above",
  under: "under",
  on: "on",
  in: "in",
  beside: "beside",
  behind: "behind",
  front: "in front of",
  between: "between",
  riding: "riding",
  holding: "holding",
  wearing: "wearing",
};
const MOST_RELATIONS = 3;

export function Understood({ read, isStale }: { readonly read: Understanding; readonly isStale: boolean }) {
  const there = read.things.filter((t) => !t.negated && t.category !== null);
  const gone = read.things.filter((t) => t.negated);
  if (read.sentence.trim() === "") return <>A sentence says what is to be seen; the picture follows.</>;
  const nothing = there.length === 0 && read.place === null;
  const relations = read.relations.flatMap((r) => {
    const words = RELATIONS[r.kind];
    const name = (i: number) => read.things[i]?.category ?? read.things[i]?.noun ?? "";
    if (words === undefined || r.objects.length === 0 || r.negated) return [];
    return [`${name(r.subject)} ${words} ${r.objects.map(name).join(" and ")}`];
  });
  return (
    <>
      {nothing && <strong className="warn">Nothing here can be drawn. </strong>}
      {there.map((t, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: things have no other name than their place
        <span key={i} className="said">
          <span className="dot" style={{ background: colorOf(t.category) }} />
          {[counted(t.range), ...t.colours, t.range[1] > 1 ? plural(t.category ?? "") : t.category]
            .filter((w) => w !== "")
            .join(" ")}
        </span>
      ))}
      {gone.map((t) => (
        <span key={t.span[0]} className="said no">
          no {t.category ?? t.noun}
        </span>
      ))}
      {relations.slice(0, MOST_RELATIONS).map((text) => (
        <span key={text} className="said relation">
          {text}
        </span>
      ))}
      {[read.place, read.time, read.weather].map(
        (word) =>
          word !== null && (
            <span key={word} className="said relation">
              {word}
            </span>
          ),
      )}
      {read.undrawable.slice(0, 3).map(({ word }) => (
        <Undrawable key={word} word={word} />
      ))}
      {isStale && there.length > 0 && (
        <span className="said due">
          <Keys shortcut="Enter" /> draws it
        </span>
      )}
    </>
  );
}

/** A word that names nothing that the model knows, and the nearest that it does. */
function Undrawable({ word }: { readonly word: string }) {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  const ready = useStatus((s) => s.model.state === "ready");
  const [near, setNear] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!ready) return;
    let wanted = true;
    // the word is not typed to its end yet
    const timer = setTimeout(() => {
      session
        .ask({ type: "nearest", word })
        .then((names) => wanted && setNear(names))
        .catch(() => {});
    }, 400);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [session, word, ready]);
  return (
    <span className="said cannot">
      “{word}” cannot be drawn
      {near.length > 0 && ": "}
      {near.map((name) => (
        <button
          key={name}
          type="button"
          className="swap"
          aria-label={`${name} in the place of ${word}`}
          onClick={() => session.store.run(setCaption, { caption: replaced(caption, word, name) })}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
