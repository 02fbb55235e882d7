/** A box that was just drawn: it waits for the name of what it holds, and is gone where none is chosen. @module */
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { addObject } from "../model/actions/index.ts";
import { suggestedLabel } from "../model/suggest.ts";
import { LabelPicker } from "../panels/LabelPicker.tsx";

export function DrawnBox({ side }: { readonly side: number }) {
  const session = useSession();
  const drawn = useStatus((s) => s.drawn);
  const suggested = useModel((s) => suggestedLabel(s.doc.scene));
  if (!drawn) return null;
  const [x, y, w, h] = drawn.map((v) => v * side);
  return (
    <div className="drawn-box" style={{ left: x, top: y, width: w, height: h }}>
      <LabelPicker
        value={suggested}
        name="Label"
        open
        onOpenChange={(open) => {
          if (!open) session.status.set({ drawn: undefined, dialog: undefined });
        }}
        onPick={(label) => {
          session.store.run(addObject, { label, box: drawn });
          session.status.set({ drawn: undefined, dialog: undefined });
        }}
      />
    </div>
  );
}
