/** The stages of the paper beside each other. @module */
import { BoxesPanel } from "./BoxesPanel.tsx";
import { MasksPanel } from "./MasksPanel.tsx";
import { ObjectList } from "./ObjectList.tsx";
import { PicturePanel } from "./PicturePanel.tsx";

export function SideBySide() {
  return (
    <div className="stages">
      <BoxesPanel />
      <MasksPanel />
      <PicturePanel />
      <ObjectList />
    </div>
  );
}
