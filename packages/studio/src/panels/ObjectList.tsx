/** The objects, nearest first, and the fields of the selected one. @module */
import { BringToFront, Copy, Eye, EyeOff, FlipVertical2, Lock, LockOpen, Plus, SendToBack, Trash2 } from "lucide-react";
import { type DragEvent, memo, useEffect, useRef, useState } from "react";
import { contourPath } from "scenograph/scene/contours";
import { nameOf } from "scenograph/scene/ops";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { ActionIcon, IconButton, NumberField } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { contoursOf } from "../canvas/contours.ts";
import {
  deleteObject,
  duplicateObject,
  farther,
  flipObject,
  moveInOrder,
  nearer,
  relabel,
  select,
  selectToo,
  setBox,
  toggleHidden,
  toggleLocked,
  tools,
} from "../model/actions/index.ts";
import { numberedNames } from "../model/names.ts";
import { colorOf } from "../model/palette.ts";
import { around, Drawer } from "./Drawer.tsx";
import { LabelPicker } from "./LabelPicker.tsx";

export function ObjectList() {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const selected = useModel((s) => s.view.selected);
  const also = useModel((s) => s.view.also);
  const [over, setOver] = useState<{ readonly id: string; readonly below: boolean } | undefined>();
  const nearestFirst = [...objects].reverse();
  const current = objects.find((o) => o.id === selected);
  const names = numberedNames(objects);
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
      {objects.length === 0 && <p className="muted empty">Draw the sentence, or drag a box onto the stage.</p>}
      <ul ref={list}>
        {nearestFirst.map((o) => {
          const isSelected = o.id === selected || also.includes(o.id);
          const place = o.id === over?.id ? (over.below ? " over-below" : " over") : "";
          return (
            <li
              key={o.id}
              className={`${isSelected ? "selected" : ""}${o.hidden ? " hidden" : ""}${place}`}
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
                if (!id) return;
                // the list is the order turned over: what lies above is nearer
                const others = objects.filter((p) => p.id !== id);
                const to = id === o.id ? objects.indexOf(o) : others.indexOf(o) + (isBelow(e) ? 0 : 1);
                session.store.run(moveInOrder, { id, to });
              }}
            >
              <Row object={o} name={names.get(o.id) ?? nameOf(o)} active={isSelected} alone={also.length === 0} />
            </li>
          );
        })}
      </ul>
      {current && <Fields object={current} name={names.get(current.id) ?? nameOf(current)} alone={also.length === 0} />}
    </section>
  );
}

/** Whether the pointer is over the lower half of what it is over. */
function isBelow(e: DragEvent<HTMLElement>): boolean {
  const { top, height } = e.currentTarget.getBoundingClientRect();
  return e.clientY >= top + height / 2;
}

interface RowProps {
  readonly object: SceneObject;
  readonly name: string;
  readonly active: boolean;
  /** Nothing else is selected. */
  readonly alone: boolean;
}

const Row = memo(function Row({ object: o, name, active, alone }: RowProps) {
  const session = useSession();
  return (
    <div className="object-row">
      <button
        type="button"
        className="object-name"
        aria-pressed={active}
        title={o.score === undefined ? undefined : `Probability of the label: ${Math.round(o.score * 100)}%`}
        onClick={(e) => {
          if (e.shiftKey || e.ctrlKey || e.metaKey) session.store.run(selectToo, { id: o.id });
          else session.store.run(select, active && alone ? {} : { id: o.id });
        }}
      >
        <Shape object={o} />
        <span className="object-label">{name}</span>
      </button>
      <IconButton
        className={`small${o.locked ? "" : " faint"}`}
        icon={o.locked ? Lock : LockOpen}
        label={`${o.locked ? "Unlock" : "Lock"} ${name}`}
        shortcut={active ? "L" : undefined}
        pressed={o.locked === true}
        onClick={() => session.store.run(toggleLocked.of, { id: o.id })}
      />
      <IconButton
        className={`small${o.hidden ? "" : " faint"}`}
        icon={o.hidden ? EyeOff : Eye}
        label={`${o.hidden ? "Show" : "Hide"} ${name}`}
        shortcut={active ? "H" : undefined}
        pressed={o.hidden === true}
        onClick={() => session.store.run(toggleHidden.of, { id: o.id })}
      />
    </div>
  );
});

/** The silhouette, as large as it fits. */
function Shape({ object: { box, mask, label } }: { readonly object: SceneObject }) {
  const [x, y, w, h] = box;
  const side = Math.max(w, h) * 1.12;
  return (
    <svg className="shape" viewBox={around(box)} aria-hidden="true">
      {mask ? (
        <path d={contourPath(contoursOf(mask), 100, 100)} fill={colorOf(label)} fillRule="evenodd" />
      ) : (
        <rect
          x={x * 100}
          y={y * 100}
          width={w * 100}
          height={h * 100}
          fill="none"
          stroke={colorOf(label)}
          strokeWidth={side * 6}
          strokeDasharray={label === null ? `${side * 8} ${side * 8}` : undefined}
        />
      )}
    </svg>
  );
}

const FIELDS = ["X", "Y", "W", "H"];

/** Numbers in percent of the picture. */
function Fields({ object: o, name, alone }: Omit<RowProps, "active">) {
  const session = useSession();
  const picking = useStatus((s) => s.dialog === "labels" && !s.drawn);
  const percent = (v: number) => Math.round(v * 1000) / 10;
  return (
    <section className="fields" aria-label={name}>
      <LabelPicker
        value={nameOf(o)}
        name="Label"
        disabled={o.locked}
        open={picking}
        onOpenChange={(open) => session.status.set({ dialog: open ? "labels" : undefined })}
        onPick={(label) => session.store.run(relabel, { id: o.id, label })}
      />
      <div className="numbers">
        {FIELDS.map((field, i) => (
          <NumberField
            key={field}
            label={field}
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
      {alone && <Drawer key={o.id} object={o} name={name} />}
      <div className="object-tools">
        <ActionIcon action={flipObject} icon={FlipVertical2} />
        <ActionIcon action={nearer} icon={BringToFront} />
        <ActionIcon action={farther} icon={SendToBack} />
        <ActionIcon action={duplicateObject} icon={Copy} />
        <ActionIcon action={deleteObject} icon={Trash2} />
      </div>
    </section>
  );
}
