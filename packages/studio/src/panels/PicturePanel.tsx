/** The picture: seed, dice, masks over it, comparing. @module */
import { Dices, Download, Images, Layers, Pin, X } from "lucide-react";
import { ActionIcon, IconButton, NumberField } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { PictureView } from "../canvas/PictureView.tsx";
import { useSide } from "../canvas/useSide.ts";
import { Enlarge } from "../enlarge/Enlarge.tsx";
import {
  comparePicture,
  exports,
  makeVariations,
  rollSeed,
  setSeed,
  toggleKeepSeed,
  toggleOverlay,
} from "../model/actions/index.ts";
import { AboutPicture } from "./explanations.tsx";
import { Panel } from "./Panel.tsx";

export function PicturePanel() {
  const session = useSession();
  const [ref, side] = useSide();
  const scene = useModel((s) => s.doc.scene);
  const stale = useModel((s) => s.doc.stale.includes("image"));
  const overlay = useModel((s) => s.view.overlay);
  const opacity = useModel((s) => s.view.opacity);
  const keepSeed = useModel((s) => s.view.keepSeed);
  const key = useModel((s) => s.doc.picture);
  const compare = useModel((s) => s.view.compare);
  // the shelf holds what the keys name
  useStatus((s) => s.shots);
  const picture = session.shot(key)?.picture;
  const other = session.shot(compare)?.picture;
  const running = useStatus((s) => s.running);
  const model = useStatus((s) => s.model);
  return (
    <Panel name="picture" title="Picture" stage="image" explanation={<AboutPicture />}>
      <div ref={ref} className="canvas-place" aria-busy={running !== undefined}>
        {side > 0 && (
          <PictureView
            side={side}
            picture={picture}
            other={other}
            label={`Picture of: ${scene.caption}`}
            stale={stale}
            masks={overlay ? scene.objects.filter((o) => !o.hidden) : []}
            opacity={opacity}
          />
        )}
        {!picture && (
          <p className="canvas-hint">
            {model.state === "loading" ? "The model is being loaded…" : "The picture appears here."}
          </p>
        )}
      </div>
      <div className="tools" role="toolbar" aria-label="Tools of the picture">
        <NumberField
          label="Seed"
          value={scene.seed}
          min={0}
          max={Number.MAX_SAFE_INTEGER}
          onCommit={(seed) => session.store.run(setSeed, { seed: Math.round(seed) })}
        />
        <ActionIcon action={rollSeed} icon={Dices} />
        <ActionIcon action={toggleKeepSeed} icon={Pin} pressed={keepSeed} />
        <span className="spacer" />
        {compare !== undefined && (
          <IconButton icon={X} label="End comparing" onClick={() => session.store.run(comparePicture, {})} />
        )}
        <ActionIcon action={toggleOverlay} icon={Layers} pressed={overlay} />
        <IconButton
          icon={Images}
          label="Variations of the picture"
          disabled={!picture}
          onClick={() => session.store.run(makeVariations, {})}
        />
        <Enlarge shot={session.shot(key)} />
        <ActionIcon action={exports.png} icon={Download} label="Save picture with its scene" />
      </div>
    </Panel>
  );
}
