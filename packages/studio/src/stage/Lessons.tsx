/** The first visit: three things to do, each gone once it was done. @module */
import { X } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import {
  inferAll,
  inferMask,
  setBox,
  setBoxes,
  setCaption,
  setLesson,
  setPose,
  turnRound,
  useSentence,
} from "../model/actions/index.ts";
import { LESSONS } from "../model/state.ts";

/** Steps of the history that each lesson waits for. */
const DONE: readonly (readonly string[])[] = [
  [setBox.label, setBoxes.label],
  [setPose.label, turnRound.label, inferMask.label],
  [setCaption.label, useSentence.label, inferAll.label],
];

interface LessonsProps {
  readonly side: number;
  readonly names: ReadonlyMap<string, string>;
}

export function Lessons({ side, names }: LessonsProps) {
  const session = useSession();
  const lesson = useModel((s) => s.view.lesson);
  const isThere = useModel((s) => s.doc.picture !== undefined && s.doc.scene.objects.length > 0);
  const objects = useModel((s) => s.doc.scene.objects);
  const isMoving = useStatus((s) => s.gesture);
  const selected = useModel((s) => s.view.selected);
  useEffect(() => {
    if (lesson >= LESSONS) return;
    return session.store.listen({
      onChange: ({ history, doc, view }, before) => {
        const last = history.past.at(-1);
        const isNew = last !== undefined && last !== before.history.past.at(-1);
        if (!isNew || view.lesson >= LESSONS || session.store.inGesture) return;
        // a sentence counts once it was drawn
        if (view.lesson === LESSONS - 1 && doc.stale.includes("boxes")) return;
        if (DONE[view.lesson].includes(last.label)) session.store.run(setLesson, { lesson: view.lesson + 1 });
      },
    });
  }, [session, lesson]);
  if (lesson >= LESSONS || !isThere) return null;
  const largest = [...objects].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];
  const aim = objects.find((o) => o.id === selected) ?? largest;
  const own = names.get(aim.id) ?? "thing";
  // "person 2" is a name, "dog" is not
  const name = /\d$/.test(own) ? own : `the ${own}`;
  const texts = [
    `Drag ${name}.`,
    selected === undefined
      ? `Click ${name}, then choose another pose at the right.`
      : "Choose another pose at the right, or press M.",
    "Now your own sentence: type it above and press Enter.",
  ];
  return (
    <>
      {lesson < LESSONS - 1 && !isMoving && (
        <span
          className="lesson-mark"
          aria-hidden="true"
          style={{ left: (aim.box[0] + aim.box[2] / 2) * side, top: (aim.box[1] + aim.box[3] / 2) * side }}
        />
      )}
      <div className="lesson" role="status">
        <span className="lesson-count">
          {lesson + 1} of {LESSONS}
        </span>
        {texts[lesson]}
        <IconButton
          className="small"
          icon={X}
          label="Skip the first steps"
          onClick={() => session.store.run(setLesson, { lesson: LESSONS })}
        />
      </div>
    </>
  );
}
