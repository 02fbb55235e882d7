/** The sheet of shortcuts, and sharing. @module */
import * as Dialog from "@radix-ui/react-dialog";
import { Copy, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { type Action, type ActionGroup, COMMANDS } from "../model/actions/index.ts";
import { shareable } from "../model/importing.ts";
import { Keys } from "./controls.tsx";
import { useModel, useSession, useStatus } from "./hooks.ts";
import { Later, lazily } from "./lazily.tsx";

const ExportSheet = lazily(() => import("./ExportSheet.tsx").then((m) => m.ExportSheet));
const Gallery = lazily(() => import("./Gallery.tsx").then((m) => m.Gallery));
const Tour = lazily(() => import("../tour/Tour.tsx").then((m) => m.Tour));

export function Dialogs() {
  const session = useSession();
  const dialog = useStatus((s) => s.dialog);
  const isOpen = dialog !== undefined && dialog !== "labels";
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && session.closeDialog()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        {dialog === "help" && (
          <Sheet title="Keyboard shortcuts" wide>
            <Shortcuts />
          </Sheet>
        )}
        {dialog === "gallery" && (
          <Sheet title="Your scenes" wide>
            <Gallery />
          </Sheet>
        )}
        {dialog === "export" && (
          <Sheet title="Export" wide>
            <ExportSheet />
          </Sheet>
        )}
        {dialog === "tour" && (
          <Sheet title="From a sentence to a picture" wide>
            <Tour />
          </Sheet>
        )}
        {dialog === "share" && (
          <Sheet title="Share a link">
            <ShareLink />
          </Sheet>
        )}
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Sheet({
  title,
  wide,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Content className={`sheet${wide ? " wide" : ""}`} aria-describedby={undefined}>
      <header className="sheet-head">
        <Dialog.Title>{title}</Dialog.Title>
        <Dialog.Close asChild>
          <button type="button" className="icon-button" aria-label="Close">
            <X size={17} aria-hidden />
          </button>
        </Dialog.Close>
      </header>
      <Later>{children}</Later>
    </Dialog.Content>
  );
}

const GROUPS: readonly (readonly [ActionGroup, string])[] = [
  ["infer", "Drawing"],
  ["object", "Objects"],
  ["mask", "Masks"],
  ["view", "View and tools"],
  ["edit", "Undo"],
  ["file", "Files"],
];

function isNudge(command: Action): boolean {
  return command.id.startsWith("object.nudge");
}

function Shortcuts() {
  return (
    <div className="shortcuts">
      {GROUPS.map(([group, title]) => (
        <section key={group}>
          <h3>{title}</h3>
          <dl>
            {COMMANDS.filter((c) => c.group === group && c.shortcut && !isNudge(c)).map((c) => (
              <div key={c.id}>
                <dt>{c.label}</dt>
                <dd>
                  {c.shortcut?.map((s) => (
                    <Keys key={s} shortcut={s} />
                  ))}
                </dd>
              </div>
            ))}
            {group === "object" && (
              <div>
                <dt>Nudge; with Shift ten times as far</dt>
                <dd>
                  {COMMANDS.filter((c) => isNudge(c) && !c.id.endsWith(".far")).map((c) => (
                    <Keys key={c.id} shortcut={c.shortcut?.[0] ?? ""} />
                  ))}
                </dd>
              </div>
            )}
          </dl>
        </section>
      ))}
      <p className="muted">
        With the pointer: click a thing again to reach what lies under it; Shift adds to the selection or drags a frame
        around several; Alt drags without snapping; Shift keeps the proportions of a corner; Shift + click with a brush
        fills an area; Ctrl + wheel or two fingers zoom. Ctrl + C and Ctrl + V copy things, to other tabs too.
      </p>
    </div>
  );
}

function ShareLink() {
  const session = useSession();
  const doc = useModel((s) => s.doc);
  const [shared, setShared] = useState<{ readonly link: string; readonly whole: boolean } | "long" | undefined>();
  useEffect(() => {
    void shareable(doc.scene, doc.painted).then((result) => setShared(result ?? "long"));
  }, [doc]);
  if (shared === undefined) return <p className="muted">Packing…</p>;
  if (shared === "long")
    return (
      <p>The painted masks of this scene are too large for a link. Save the picture instead: the scene is inside.</p>
    );
  const address = `${location.origin}${location.pathname}#scene=${shared.link}`;
  return (
    <>
      <p>
        Whoever opens this link gets the whole scene. It is in the link itself, nothing is uploaded.
        {!shared.whole && " Masks were left out to keep it short; they are inferred again from the same seed."}
      </p>
      <div className="share-row">
        <input type="text" readOnly value={address} aria-label="Link" onFocus={(e) => e.target.select()} />
        <button
          type="button"
          className="primary-button"
          onClick={() =>
            navigator.clipboard.writeText(address).then(
              () => session.messages.note("Link copied"),
              () => session.messages.error("The browser did not allow copying; select the link and copy it"),
            )
          }
        >
          <Copy size={16} aria-hidden /> Copy
        </button>
      </div>
    </>
  );
}
