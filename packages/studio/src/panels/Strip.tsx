/** The strip below the panels: variations, alternative layouts, the history of pictures. @module */
import * as Tabs from "@radix-ui/react-tabs";
import { Dices, Pin, Play, Square } from "lucide-react";
import { ActionIcon, NumberField } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import type { Status } from "../app/status.ts";
import {
  acceptLayout,
  cancel,
  makeVariations,
  rollSeed,
  setSeed,
  setVariationCount,
  setVary,
  toggleKeepSeed,
} from "../model/actions/index.ts";
import { VARIATIONS, VARY, type Vary } from "../model/state.ts";
import { PLACE_NAMES, settingOf } from "../model/wording.ts";
import { LayoutDrawing, ShotTile, Waiting } from "./Tiles.tsx";

export function Strip() {
  const session = useSession();
  const tab = useStatus((s) => s.strip);
  const variations = useStatus((s) => s.variations);
  const layouts = useStatus((s) => s.layouts);
  const shots = useStatus((s) => s.shots);
  const pending = useStatus((s) => s.pending);
  const count = useModel((s) => s.view.variations);
  const vary = useModel((s) => s.view.vary);
  const hasLooks = useStatus((s) => s.model.state === "ready" && s.model.facts.looks > 0);
  const kinds = (Object.keys(VARY) as Vary[]).filter((k) => k !== "looks" || hasLooks);
  const caption = useModel((s) => s.doc.scene.caption);
  const varied = variations.flatMap((key) => shots.find((s) => s.key === key) ?? []);
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
            <label className="select">
              <span>Vary</span>
              <select value={vary} onChange={(e) => session.store.run(setVary, { vary: e.target.value as Vary })}>
                {kinds.map((kind) => (
                  <option key={kind} value={kind}>
                    {VARY[kind]}
                  </option>
                ))}
              </select>
            </label>
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
              <button type="button" className="quiet-button" onClick={() => session.store.run(makeVariations, {})}>
                <Play size={14} aria-hidden /> Make {count}
              </button>
            )}
          </>
        )}
      </div>
      <Tabs.Content value="variations" className="strip-body" tabIndex={-1}>
        {varied.map((shot) => (
          <ShotTile
            key={shot.key}
            shot={shot}
            name={`Take variation with seed ${shot.scene.seed}`}
            title={titleOf(shot.scene.caption, shot.scene.seed, caption)}
          />
        ))}
        <Waiting count={tab === "variations" ? pending : 0} />
        {variations.length === 0 && pending === 0 && (
          <p className="muted">
            Eight others of this scene: everything, its layouts, poses, looks or places. Take one, or compare it.
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
                ? `Go back to: ${shot.label ?? shot.scene.caption}, seed ${shot.scene.seed}`
                : `Compare with the picture by ${shot.by}: ${shot.scene.caption}`
            }
            title={shot.by ?? shot.label ?? String(shot.scene.seed)}
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

/** A variation that has another place is called by it. */
function titleOf(caption: string, seed: number, now: string): string {
  const { place } = settingOf(caption);
  return place !== undefined && place !== settingOf(now).place ? PLACE_NAMES[place] : String(seed);
}
