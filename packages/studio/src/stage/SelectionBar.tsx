/** What can be done with what is selected, beside it. @module */
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignStartHorizontal,
  AlignStartVertical,
  BringToFront,
  Copy,
  FlipVertical2,
  Lock,
  LockOpen,
  RefreshCw,
  SendToBack,
  Trash2,
} from "lucide-react";
import type { Box, SceneObject } from "scenograph/scene/scene";
import { ActionIcon } from "../app/controls.tsx";
import {
  align,
  deleteObject,
  duplicateObject,
  farther,
  flipObject,
  inferMask,
  nearer,
  toggleLocked,
} from "../model/actions/index.ts";

const ALIGN_ICONS = [
  AlignStartVertical,
  AlignCenterVertical,
  AlignEndVertical,
  AlignStartHorizontal,
  AlignCenterHorizontal,
  AlignEndHorizontal,
];
/** Height of the bar with its distance, pixels. */
const BAR = 54;

interface SelectionBarProps {
  readonly frame: Box;
  readonly side: number;
  readonly chosen: readonly SceneObject[];
  readonly names: ReadonlyMap<string, string>;
}

export function SelectionBar({ frame: [x, y, w, h], side, chosen, names }: SelectionBarProps) {
  const isLocked = chosen.every((o) => o.locked);
  // above it where there is room, else below, else inside at the top
  const top = y * side > BAR ? y * side - BAR : (y + h) * side < side - BAR ? (y + h) * side + 12 : y * side + 12;
  const name = chosen.length === 1 ? (names.get(chosen[0].id) ?? "it") : `${chosen.length} things`;
  return (
    <div
      className="selection-bar"
      role="toolbar"
      aria-label={`Tools for ${name}`}
      style={{ "--top": `${top}px`, "--left": `${(x + w / 2) * side}px` } as React.CSSProperties}
    >
      {chosen.length > 1 ? (
        align.map((action, i) => <ActionIcon key={action.id} action={action} icon={ALIGN_ICONS[i]} />)
      ) : (
        <ActionIcon action={inferMask} icon={RefreshCw} label={`Draw the ${name} again`} />
      )}
      <ActionIcon action={flipObject} icon={FlipVertical2} />
      <ActionIcon action={nearer} icon={BringToFront} />
      <ActionIcon action={farther} icon={SendToBack} />
      <ActionIcon action={duplicateObject} icon={Copy} />
      <ActionIcon
        action={toggleLocked.selected}
        icon={isLocked ? Lock : LockOpen}
        label={isLocked ? "Unlock" : "Lock"}
        pressed={isLocked}
      />
      <ActionIcon action={deleteObject} icon={Trash2} />
    </div>
  );
}
