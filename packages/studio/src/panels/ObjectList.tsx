/** The objects, nearest first, and the fields of the selected one. @module */
import { ArrowDown, ArrowUp, Copy, Eye, EyeOff, Lock, LockOpen, Plus, Trash2 } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { classColor } from "scenograph/scene/colors";
import { nameOf } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { ActionIcon, IconButton, NumberField } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import {
  deleteObject,
  duplicateObject,
  farther,
  moveInOrder,
  nearer,
  relabel,
  select,
  setBox,
  toggleHidden,
  toggleLocked,
  tools,
} from "../model/actions/index.ts";
import { LabelPicker } from "./LabelPicker.tsx";

export function ObjectList() {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const selected = useModel((s) => s.view.selected);
  const [over, setOver] = useState<{ readonly id: string; readonly below: boolean } | undefined>();
  const nearestFirst = [...objects].reverse();
  const current = objects.find((o) => o.id === selected);
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was selected elsewhere is to be seen here
  useEffect(() => {
    const ul = list.current;
    const row = ul?.querySelector<HTMLElement>("li.selected");
    if (!ul || !row) return;
    // the list alone is scrolled, never the page
    const top = row.offsetTop - ul.offsetTop;
    if (top < ul.scrollTop) ul.scrollTop = top;
    else if (top + row.offsetHeight > ul.scrollTop + ul.clientHeight)
      ul.scrollTop = top + row.offsetHeight - ul.clientHeight;
  }, [selected]);
  return (
    <section className="objects" aria-label="Objects">
      <header className="panel-head">
        <h2>Objects</h2>
        <span className="count">{objects.length}</span>
        <span className="spacer" />
        <ActionIcon action={tools.add} icon={Plus} label="Draw a box" />
      </header>
      {objects.length === 0 && <p className="muted empty">Nothing here yet.</p>}
      <ul ref={list}>
        {nearestFirst.map((o) => (
          <li
            key={o.id}
            className={`${o.id === selected ? "selected" : ""}${o.hidden ? " hidden" : ""}${o.id === over?.id ? (over.below ? " over-below" : " over") : ""}`}
            draggable
            onDragStart={(e) => e.dataTransfer.setData("text/x-object", o.id)}
            onDragOver={(e) => {
              if (!e.dataTransfer.types.includes("text/x-object")) return;
              e.preventDefault();
              setOver({ id: o.id, below: isBelow(e) });
            }}
            onDragLeave={() => setOver(undefined)}
            onDrop={(e) => {
              setOver(undefined);
              const id = e.dataTransfer.getData("text/x-object");
              if (id)
                session.store.run(moveInOrder, {
                  id,
                  // the list is the order turned over: what lies above is nearer
                  to:
                    id === o.id
                      ? objects.indexOf(o)
                      : objects.filter((p) => p.id !== id).indexOf(o) + (isBelow(e) ? 0 : 1),
                });
            }}
          >
            <Row object={o} active={o.id === selected} />
          </li>
        ))}
      </ul>
      {current && <Fields object={current} />}
    </section>
  );
}

/** Whether the pointer is over the lower half of what it is over. */
function isBelow(e: DragEvent<HTMLElement>): boolean {
  const { top, height } = e.currentTarget.getBoundingClientRect();
  return e.clientY >= top + height / 2;
}

function Row({ object: o, active }: { readonly object: SceneObject; readonly active: boolean }) {
  const session = useSession();
  return (
    <div className="object-row">
      <button
        type="button"
        className="object-name"
        aria-pressed={active}
        onClick={() => session.store.run(select, active ? {} : { id: o.id })}
      >
        <span className="dot" style={{ background: classColor(o.label) }} />
        <span className="object-label">{o.label}</span>
        {o.score !== undefined && (
          <span className="score" title="Probability of the label when it was inferred">
            {Math.round(o.score * 100)}%
          </span>
        )}
      </button>
      <IconButton
        className={`small${o.locked ? "" : " faint"}`}
        icon={o.locked ? Lock : LockOpen}
        label={`${o.locked ? "Unlock" : "Lock"} ${o.label}`}
        shortcut={active ? "L" : undefined}
        pressed={o.locked === true}
        onClick={() => session.store.run(toggleLocked.of, { id: o.id })}
      />
      <IconButton
        className={`small${o.hidden ? "" : " faint"}`}
        icon={o.hidden ? EyeOff : Eye}
        label={`${o.hidden ? "Show" : "Hide"} ${o.label}`}
        shortcut={active ? "H" : undefined}
        pressed={o.hidden === true}
        onClick={() => session.store.run(toggleHidden.of, { id: o.id })}
      />
    </div>
  );
}

const FIELDS = ["X", "Y", "W", "H"];

/** Numbers in percent of the picture. */
function Fields({ object: o }: { readonly object: SceneObject }) {
  const session = useSession();
  const picking = useStatus((s) => s.dialog === "labels");
  const percent = (v: number) => Math.round(v * 1000) / 10;
  return (
    <div className="fields">
      <LabelPicker
        value={nameOf(o)}
        name="Label"
        disabled={o.locked}
        open={picking}
        onOpenChange={(open) => session.status.set({ dialog: open ? "labels" : undefined })}
        onPick={(label) => session.store.run(relabel, { id: o.id, label })}
      />
      <div className="numbers">
        {FIELDS.map((name, i) => (
          <NumberField
            key={name}
            label={name}
            value={percent(o.box[i])}
            min={0}
            max={100}
            disabled={o.locked}
            onCommit={(v) =>
              session.store.run(setBox, {
                id: o.id,
                box: o.box.map((b, k) => (k === i ? v / 100 : b)) as unknown as Box,
              })
            }
          />
        ))}
      </div>
      <div className="object-tools">
        <ActionIcon action={nearer} icon={ArrowUp} />
        <ActionIcon action={farther} icon={ArrowDown} />
        <ActionIcon action={duplicateObject} icon={Copy} />
        <ActionIcon action={deleteObject} icon={Trash2} />
      </div>
    </div>
  );
}
