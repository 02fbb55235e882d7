/** The strip below the panels: variations, alternative layouts, the history of pictures. @module */
import * as Tabs from "@radix-ui/react-tabs";
import { Columns2, Dices, Loader2, Pin, Play, Square } from "lucide-react";
import { paintOrder } from "scenograph/scene/ops";
import type { SceneObject } from "scenograph/scene/scene";
import { ActionIcon, IconButton, NumberField } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import type { Status } from "../app/status.ts";
import type { Shot } from "../app/storage.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import {
  acceptLayout,
  acceptScene,
  cancel,
  comparePicture,
  makeAlternatives,
  makeVariations,
  rollSeed,
  setSeed,
  setVariationCount,
  setVary,
  toggleKeepSeed,
} from "../model/actions/index.ts";
import { colorOf } from "../model/palette.ts";
import type { Inferred } from "../model/stages.ts";
import { VARIATIONS } from "../model/state.ts";

const FROM: Record<Inferred, string> = { boxes: "everything", masks: "masks and picture", image: "picture only" };

export function Strip() {
  const session = useSession();
  const tab = useStatus((s) => s.strip);
  const variations = useStatus((s) => s.variations);
  const layouts = useStatus((s) => s.layouts);
  const shots = useStatus((s) => s.shots);
  const pending = useStatus((s) => s.pending);
  const count = useModel((s) => s.view.variations);
  const from = useModel((s) => s.view.vary);
  const set = (strip: string) => session.status.set({ strip: strip as Status["strip"] });
  return (
    <Tabs.Root className="strip" value={tab} onValueChange={set}>
      <div className="strip-head">
        <Tabs.List className="tabs" aria-label="Strips">
          <Tabs.Trigger value="variations">Variations</Tabs.Trigger>
          <Tabs.Trigger value="layouts">Layouts</Tabs.Trigger>
          <Tabs.Trigger value="history">History</Tabs.Trigger>
        </Tabs.List>
        <span className="spacer" />
        <Seed />
        {tab !== "history" && (
          <>
            {tab === "variations" && (
              <label className="select">
                <span>Vary</span>
                <select value={from} onChange={(e) => session.store.run(setVary, { from: e.target.value as Inferred })}>
                  {Object.entries(FROM).map(([stage, text]) => (
                    <option key={stage} value={stage}>
                      {text}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <label className="select">
              <span>Number</span>
              <select
                value={count}
                onChange={(e) => session.store.run(setVariationCount, { count: Number(e.target.value) })}
              >
                {Array.from({ length: VARIATIONS[1] - VARIATIONS[0] + 1 }, (_, i) => VARIATIONS[0] + i).map((n) => (
                  <option key={n} value={n}>
                    {n}
                  </option>
                ))}
              </select>
            </label>
            {pending > 0 ? (
              <button type="button" className="quiet-button" onClick={() => session.store.run(cancel)}>
                <Square size={14} aria-hidden /> Stop
              </button>
            ) : (
              <button
                type="button"
                className="quiet-button"
                onClick={() =>
                  tab === "variations" ? session.store.run(makeVariations, {}) : session.store.run(makeAlternatives)
                }
              >
                <Play size={14} aria-hidden /> Make {count}
              </button>
            )}
          </>
        )}
      </div>
      <Tabs.Content value="variations" className="strip-body" tabIndex={-1}>
        {variations.map((shot) => (
          <ShotTile key={shot.key} shot={shot} name={`Take variation with seed ${shot.scene.seed}`} />
        ))}
        <Waiting count={tab === "variations" ? pending : 0} />
        {variations.length === 0 && pending === 0 && (
          <p className="muted">
            The same scene with other seeds, side by side. Take one, or compare it with the picture.
          </p>
        )}
      </Tabs.Content>
      <Tabs.Content value="layouts" className="strip-body" tabIndex={-1}>
        {layouts.map((layout) => (
          <button
            key={layout.seed}
            type="button"
            className="tile"
            aria-label={`Take layout with seed ${layout.seed}`}
            onClick={() => session.store.run(acceptLayout, layout)}
          >
            <LayoutDrawing objects={layout.objects} />
            <span className="tile-name">{layout.seed}</span>
          </button>
        ))}
        <Waiting count={tab === "layouts" ? pending : 0} />
        {layouts.length === 0 && pending === 0 && (
          <p className="muted">
            Other layouts that the sentence could have. Locked objects are the same in all of them.
          </p>
        )}
      </Tabs.Content>
      <Tabs.Content value="history" className="strip-body" tabIndex={-1}>
        {[...shots].reverse().map((shot) => (
          <ShotTile
            key={shot.key}
            shot={shot}
            name={
              shot.by === undefined
                ? `Go back to: ${shot.scene.caption}, seed ${shot.scene.seed}`
                : `Compare with the picture by ${shot.by}: ${shot.scene.caption}`
            }
          />
        ))}
        {shots.length === 0 && <p className="muted">Every picture that you make stays here.</p>}
      </Tabs.Content>
    </Tabs.Root>
  );
}

/** The number that every draw hangs on. */
function Seed() {
  const session = useSession();
  const seed = useModel((s) => s.doc.scene.seed);
  const keepSeed = useModel((s) => s.view.keepSeed);
  const layout = useModel((s) => s.view.layout);
  if (layout === "side") return null;
  return (
    <div className="seed">
      <NumberField
        label="Seed"
        value={seed}
        min={0}
        max={Number.MAX_SAFE_INTEGER}
        onCommit={(v) => session.store.run(setSeed, { seed: Math.round(v) })}
      />
      <ActionIcon action={rollSeed} icon={Dices} />
      <ActionIcon action={toggleKeepSeed} icon={Pin} pressed={keepSeed} />
    </div>
  );
}

function Waiting({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: places that are still empty are all the same
    <div key={i} className="tile waiting" aria-hidden="true">
      <div className="tile-image">{i === 0 && <Loader2 size={18} className="spin" />}</div>
    </div>
  ));
}

function ShotTile({ shot, name }: { readonly shot: Shot; readonly name: string }) {
  const session = useSession();
  const isCurrent = useModel((s) => s.doc.picture === shot.key);
  const isCompared = useModel((s) => s.view.compare === shot.key);
  const compare = () => session.store.run(comparePicture, isCompared ? {} : { picture: shot.key });
  const take = () => session.store.run(acceptScene, { scene: shot.scene, painted: shot.painted, picture: shot.key });
  return (
    <div className={`tile${isCurrent ? " current" : ""}`}>
      <button
        type="button"
        className="tile-take"
        aria-label={name}
        aria-current={isCurrent}
        title={shot.scene.caption}
        onClick={shot.by === undefined ? take : compare}
      >
        <Pixels picture={shot.picture} label="" className="tile-image" />
      </button>
      <span className="tile-name">{shot.by ?? shot.scene.seed}</span>
      <IconButton
        className="small tile-compare"
        icon={Columns2}
        label="Compare with the picture"
        pressed={isCompared}
        onClick={compare}
      />
    </div>
  );
}

function LayoutDrawing({ objects }: { readonly objects: readonly SceneObject[] }) {
  return (
    <svg viewBox="0 0 100 100" className="tile-image" aria-hidden="true">
      {paintOrder(objects).map(({ id, label, box: [x, y, w, h] }) => (
        <rect
          key={id}
          x={x * 100 + 1}
          y={y * 100 + 1}
          width={Math.max(1, w * 100 - 2)}
          height={Math.max(1, h * 100 - 2)}
          rx={1.5}
          fill={colorOf(label)}
          fillOpacity={0.2}
          stroke={colorOf(label)}
          strokeWidth={2}
        />
      ))}
    </svg>
  );
}
