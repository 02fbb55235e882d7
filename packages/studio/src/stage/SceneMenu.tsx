/** What the whole scene is: its place, time and weather, and how much there is beside what was asked for. @module */
import * as Popover from "@radix-ui/react-popover";
import { Mountain } from "lucide-react";
import { TIMES } from "scenograph/ours/text/background";
import { WEATHERS } from "scenograph/ours/text/weather";
import { Slider } from "../app/controls.tsx";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { setCaption, setExtras } from "../model/actions/index.ts";
import { understood } from "../model/understood.ts";
import { categories } from "../model/vocabulary.ts";
import { PLACE_NAMES, places, settingOf, withPart } from "../model/wording.ts";

const TIME_NAMES = { day: "day", night: "night", sunset: "sunset" };
const WEATHER_NAMES = { clear: "clear", rain: "rain", snowing: "snowfall", fog: "fog" };

export function SceneMenu() {
  const hasSentence = useModel((s) => s.doc.scene.caption.trim() !== "");
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Place, time, weather" title="Place, time, weather">
          <Mountain size={17} strokeWidth={1.9} aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover suggest" side="right" sideOffset={8} collisionPadding={12}>
          {hasSentence ? <Setting /> : <p className="muted">Type a sentence first: the place is said in it.</p>}
          <Extras />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Said in the sentence, since that is what the networks listen to. */
function Setting() {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  // the categories are those of the model
  useStatus((s) => s.model);
  const read = understood(caption, categories());
  const now = settingOf(caption);
  const say = (next: string) => session.store.run(setCaption, { caption: next });
  const chip = (name: string, isOn: boolean, next: string) => (
    <button key={name} type="button" className="chip" aria-pressed={isOn} onClick={() => say(next)}>
      {name}
    </button>
  );
  return (
    <>
      <h3>Place</h3>
      <div className="setting-chips">
        {places(read).map(({ kind, caption: next }) => chip(PLACE_NAMES[kind], kind === now.place, next))}
      </div>
      <h3>Time</h3>
      <div className="setting-chips">
        {TIMES.map((time) => chip(TIME_NAMES[time], time === now.time, withPart(read, { time })))}
      </div>
      <h3>Weather</h3>
      <div className="setting-chips">
        {WEATHERS.map((weather) => chip(WEATHER_NAMES[weather], weather === now.weather, withPart(read, { weather })))}
      </div>
    </>
  );
}

function Extras() {
  const session = useSession();
  const extras = useModel((s) => s.view.extras);
  return (
    <>
      <h3>Extras</h3>
      <p className="muted">Things that the sentence does not name: none, or as in photographs.</p>
      <Slider
        label="Extras"
        value={extras}
        min={0}
        max={1}
        step={0.05}
        show={(v) => `${Math.round(v * 100)}%`}
        onChange={(share) => session.store.run(setExtras, { extras: share })}
      />
    </>
  );
}
