/** All scenes of this browser, the latest first. @module */
import { Copy, Pencil, Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Pixels } from "../canvas/PictureView.tsx";
import { IconButton } from "./controls.tsx";
import { useSession, useStatus } from "./hooks.ts";
import type { DocumentInfo } from "./storage.ts";

export function titleOf({ name, caption }: Pick<DocumentInfo, "name" | "caption">): string {
  return name ?? (caption.trim() || "Untitled");
}

export function Gallery() {
  const session = useSession();
  const changes = useStatus((s) => s.gallery);
  const open = useStatus((s) => s.document?.id);
  const [list, setList] = useState<readonly DocumentInfo[] | undefined>();
  const [renaming, setRenaming] = useState<string | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again after every change
  useEffect(() => {
    let wanted = true;
    void session
      .flush()
      .then(() => session.tab.list())
      .then((documents) => wanted && setList(documents));
    return () => {
      wanted = false;
    };
  }, [session, changes, open]);
  return (
    <ul className="gallery">
      <li className="gallery-new">
        <button type="button" onClick={() => void session.tab.create()}>
          <Plus size={26} aria-hidden />
          New scene
        </button>
      </li>
      {list?.map((d) => (
        <li key={d.id} className={d.id === open ? "current" : undefined}>
          <button
            type="button"
            className="gallery-open"
            aria-label={`Open: ${titleOf(d)}`}
            aria-current={d.id === open}
            onClick={() => void session.tab.open(d.id)}
          >
            {d.thumbnail ? <Pixels picture={d.thumbnail} label="" /> : <span className="gallery-bare" />}
          </button>
          {renaming === d.id ? (
            <input
              type="text"
              className="search"
              aria-label="Name of the scene"
              defaultValue={d.name ?? ""}
              placeholder={titleOf(d)}
              // biome-ignore lint/a11y/noAutofocus: asked for by the button that this field replaces
              autoFocus
              onKeyDown={(e) => {
                if (e.key === "Escape") {
                  e.stopPropagation();
                  setRenaming(undefined);
                }
                if (e.key !== "Enter") return;
                void session.tab.rename(d.id, e.currentTarget.value);
                setRenaming(undefined);
              }}
              onBlur={(e) => {
                if (e.currentTarget.value !== (d.name ?? "")) void session.tab.rename(d.id, e.currentTarget.value);
                setRenaming(undefined);
              }}
            />
          ) : (
            <p className="gallery-name" title={titleOf(d)}>
              {titleOf(d)}
            </p>
          )}
          <div className="gallery-foot">
            <span className="muted">{when(d.at)}</span>
            <span className="spacer" />
            <IconButton
              className="small"
              icon={Pencil}
              label={`Rename ${titleOf(d)}`}
              onClick={() => setRenaming(d.id)}
            />
            <IconButton
              className="small"
              icon={Copy}
              label={`Duplicate ${titleOf(d)}`}
              onClick={() => void session.tab.copy(d.id)}
            />
            <IconButton
              className="small"
              icon={Trash2}
              label={`Delete ${titleOf(d)}`}
              onClick={() => void session.tab.delete(d.id)}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

function when(at: number): string {
  const date = new Date(at);
  const today = new Date().toDateString() === date.toDateString();
  return today
    ? date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString([], { day: "numeric", month: "short" });
}
