/** Enlarging: the button, and the dialog that is fetched when it is pressed. @module */
import * as Dialog from "@radix-ui/react-dialog";
import { Scaling, X } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../app/controls.tsx";
import { Later, lazily } from "../app/lazily.tsx";
import type { Shot } from "../app/storage.ts";

const Enlarging = lazily(() => import("./EnlargeDialog.tsx").then((m) => m.Enlarging));

/** The button and the dialog that it opens. */
export function Enlarge({ shot }: { readonly shot: Shot | undefined }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <IconButton icon={Scaling} label="Enlarge the picture" disabled={!shot} onClick={() => setOpen(true)} />
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        {shot && (
          <Dialog.Content className="sheet enlarge" aria-describedby={undefined}>
            <header className="sheet-head">
              <Dialog.Title>Enlarge</Dialog.Title>
              <Dialog.Close asChild>
                <button type="button" className="icon-button" aria-label="Close">
                  <X size={17} aria-hidden />
                </button>
              </Dialog.Close>
            </header>
            <Later>
              <Enlarging shot={shot} />
            </Later>
          </Dialog.Content>
        )}
      </Dialog.Portal>
    </Dialog.Root>
  );
}
