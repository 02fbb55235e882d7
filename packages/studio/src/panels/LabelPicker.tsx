/** One of the model's categories, found by typing. @module */
import * as Popover from "@radix-ui/react-popover";
import { ChevronDown } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useModel } from "../app/hooks.ts";
import { colorOf } from "../model/palette.ts";
import { searchCategories } from "../model/suggest.ts";
import { categories } from "../model/vocabulary.ts";

interface LabelPickerProps {
  readonly value: string;
  readonly name: string;
  readonly disabled?: boolean;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly onPick: (label: string) => void;
}

export function LabelPicker({ value, name, disabled, open, onOpenChange, onPick }: LabelPickerProps) {
  const [ownOpen, setOwnOpen] = useState(false);
  const isOpen = open ?? ownOpen;
  const setOpen = (next: boolean) => {
    setOwnOpen(next);
    onOpenChange?.(next);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="label-button" disabled={disabled} aria-label={`${name}: ${value}`}>
          <span className="dot" style={{ background: colorOf(value) }} />
          {value}
          <ChevronDown size={14} aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover picker" sideOffset={6} collisionPadding={12} align="start">
          <Search
            value={value}
            name={name}
            onPick={(label) => {
              setOpen(false);
              onPick(label);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Search({ value, name, onPick }: Pick<LabelPickerProps, "value" | "name" | "onPick">) {
  const caption = useModel((s) => s.doc.scene.caption);
  const [query, setQuery] = useState("");
  const found = searchCategories(query, caption);
  // the present one is what Enter takes, until something is typed
  const [at, setAt] = useState(() => Math.max(0, found.indexOf(value)));
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <>
      <input
        type="text"
        role="combobox"
        className="search"
        placeholder={`Search ${categories().count} categories`}
        aria-label={name}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        value={query}
        onChange={(e) => {
          setQuery(e.target.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            setAt((at + (e.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
          } else if (e.key === "Enter" && found[at]) {
            e.preventDefault();
            onPick(found[at]);
          }
        }}
      />
      <div ref={list} id={id} role="listbox" aria-label="Categories" className="picker-list">
        {found.map((label, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys
          <div
            key={label}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={label === value}
            className={`picker-item${i === at ? " at" : ""}`}
            onPointerMove={() => setAt(i)}
            onClick={() => onPick(label)}
          >
            <span className="dot" style={{ background: colorOf(label) }} />
            {label}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="muted picker-none">No such category.</p>}
    </>
  );
}
