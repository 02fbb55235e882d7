/** The three layers as live thumbnails: each shows itself on the stage, alone or over the others, and can be drawn again. @module */
import { Layers2, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { ActionIcon, IconButton } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { inferAgain, setLayer } from "../model/actions/index.ts";
import type { Inferred } from "../model/stages.ts";
import type { LayerName } from "../model/state.ts";
import { AboutBoxes, AboutMasks, AboutPicture } from "../panels/explanations.tsx";
import { PanelTitle } from "../panels/PanelTitle.tsx";
import { MiniBoxes, MiniMasks } from "./minis.tsx";

export function Rail() {
  const session = useSession();
  const objects = useModel((s) => s.doc.scene.objects);
  const key = useModel((s) => s.doc.picture);
  useStatus((s) => s.shots);
  const picture = session.shot(key)?.picture;
  return (
    <nav className="rail" aria-label="Layers of the stage">
      <Thumb layer="picture" title="Picture" stage="image" about={<AboutPicture />}>
        {picture && <Pixels picture={picture} label="" className="thumb-picture" />}
      </Thumb>
      <Thumb layer="masks" title="Silhouettes" stage="masks" about={<AboutMasks />}>
        <MiniMasks objects={objects} />
      </Thumb>
      <Thumb layer="boxes" title="Boxes" stage="boxes" about={<AboutBoxes />}>
        <MiniBoxes objects={objects} />
      </Thumb>
    </nav>
  );
}

interface ThumbProps {
  readonly layer: LayerName;
  readonly title: string;
  readonly stage: Inferred;
  readonly about: ReactNode;
  readonly children: ReactNode;
}

function Thumb({ layer, title, stage, about, children }: ThumbProps) {
  const session = useSession();
  const isOn = useModel((s) => s.view.layers[layer]);
  const isAlone = useModel((s) => Object.values(s.view.layers).filter(Boolean).length === 1);
  const isStale = useModel((s) => s.doc.stale.includes(stage));
  return (
    <div className={`thumb${isOn ? " on" : ""}`}>
      <button
        type="button"
        className="thumb-image"
        aria-label={`Show the ${title.toLowerCase()}`}
        aria-pressed={isOn && isAlone}
        onClick={(e) => session.store.run(setLayer, { layer, too: e.shiftKey })}
      >
        {children}
        {isStale && <span className="thumb-stale" role="img" aria-label="out of date" />}
      </button>
      <IconButton
        className="small thumb-too"
        icon={Layers2}
        label={isOn ? `Take the ${title.toLowerCase()} off the stage` : `Lay the ${title.toLowerCase()} over it`}
        pressed={isOn}
        disabled={isOn && isAlone}
        onClick={() => session.store.run(setLayer, { layer, too: true })}
      />
      <div className="thumb-foot">
        <PanelTitle name={layer} title={title} explanation={about} />
        <ActionIcon action={inferAgain[stage]} icon={RefreshCw} />
      </div>
    </div>
  );
}
