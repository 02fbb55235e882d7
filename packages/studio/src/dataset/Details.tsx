/** One picture of the dataset: large, with its captions and objects, and the way into the studio. @module */
import * as Dialog from "@radix-ui/react-dialog";
import { ArrowRight, ChevronLeft, ChevronRight, X } from "lucide-react";
import { useState } from "react";
import { maskArea } from "scenograph/formats/rle";
import { classColor } from "scenograph/scene/colors";
import type { DatasetItem, DatasetObject } from "scenograph/scene/dataset";
import { Annotated, type Overlays } from "./Annotated.tsx";
import { searchOf, useJson } from "./requests.ts";

interface DetailsProps {
  readonly split: string;
  readonly id: number;
  readonly overlays: Overlays;
  /** Ids of the pictures before and after it. */
  readonly before?: number;
  readonly after?: number;
  readonly onChange: (id: number | undefined) => void;
}

export function Details({ split, id, overlays, before, after, onChange }: DetailsProps) {
  const { value: item, error } = useJson<DatasetItem>(`data/item.json${searchOf({ split, id })}`);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onChange(undefined)}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="sheet details"
          aria-describedby={undefined}
          onKeyDown={(e) => {
            const to = e.key === "ArrowLeft" ? before : e.key === "ArrowRight" ? after : undefined;
            // arrows choose among the captions
            if (to !== undefined && !(e.target as HTMLElement).matches("input")) onChange(to);
          }}
        >
          <header className="sheet-head">
            <Dialog.Title>Picture {id}</Dialog.Title>
            <span className="spacer" />
            <Step label="Previous picture" icon={ChevronLeft} to={before} onChange={onChange} />
            <Step label="Next picture" icon={ChevronRight} to={after} onChange={onChange} />
            <Dialog.Close asChild>
              <button type="button" className="icon-button" aria-label="Close">
                <X size={17} aria-hidden />
              </button>
            </Dialog.Close>
          </header>
          {error !== undefined && <p role="alert">{error}</p>}
          {item && <Item key={item.id} split={split} item={item} overlays={overlays} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface StepProps {
  readonly label: string;
  readonly icon: typeof ChevronLeft;
  readonly to: number | undefined;
  readonly onChange: (id: number) => void;
}

function Step({ label, icon: Icon, to, onChange }: StepProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      disabled={to === undefined}
      onClick={() => to !== undefined && onChange(to)}
    >
      <Icon size={18} aria-hidden />
    </button>
  );
}

function Item({
  split,
  item,
  overlays,
}: {
  readonly split: string;
  readonly item: DatasetItem;
  readonly overlays: Overlays;
}) {
  const [caption, setCaption] = useState(0);
  const [highlight, setHighlight] = useState<number | undefined>();
  const { captions, objects, attributes } = item;
  const masks = objects.filter((o) => o.mask).length;
  const isWide = item.width !== item.height;
  return (
    <div className="details-body">
      <Annotated
        split={split}
        item={item}
        overlays={overlays}
        alt={`Picture ${item.id}`}
        {...(highlight !== undefined && { highlight })}
      />
      <div className="details-side">
        {captions.length > 0 && (
          <fieldset className="captions">
            <legend>Captions</legend>
            {captions.map((text, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: captions stay where they are, and two may be alike
              <label key={i}>
                <input type="radio" name="caption" checked={i === caption} onChange={() => setCaption(i)} />
                {text}
              </label>
            ))}
          </fieldset>
        )}
        <a className="primary-button" href={`./#data=${[split, item.id, caption].map(encodeURIComponent).join("/")}`}>
          Open in studio <ArrowRight size={16} aria-hidden />
        </a>
        {isWide && <p className="muted">The studio takes its middle square, as training does.</p>}
        <h3>
          {objects.length} {objects.length === 1 ? "object" : "objects"}, {masks} with a mask
        </h3>
        <ul className="details-objects">
          {objects.map((o) => (
            <li key={o.id} onPointerEnter={() => setHighlight(o.id)} onPointerLeave={() => setHighlight(undefined)}>
              <button
                type="button"
                aria-pressed={o.id === highlight}
                onFocus={() => setHighlight(o.id)}
                onBlur={() => setHighlight(undefined)}
              >
                <span className="dot" style={{ background: classColor(o.label) }} />
                {o.label}
                <span className="muted">{shareOf(o)}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className="muted">
          {item.width} × {item.height} pixels
          {item.partial && "; not all of its objects are listed"}
          {attributes &&
            `; ${Object.entries(attributes)
              .map(([k, v]) => `${k} ${String(v)}`)
              .join(", ")}`}
        </p>
      </div>
    </div>
  );
}

/** How much of the picture the box covers, and the mask where there is one. */
function shareOf({ box: [, , w, h], mask }: DatasetObject): string {
  const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const ofMask = mask && `, mask ${percent(maskArea(mask) / (mask.width * mask.height))}`;
  return `box ${percent(w * h)}${ofMask ?? ""}`;
}
