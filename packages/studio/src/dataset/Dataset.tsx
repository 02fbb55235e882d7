/** The dataset page: a COCO folder, filtered by category and words, with its boxes and masks, a page at a time. @module */
import { ChevronLeft, ChevronRight, Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { DatasetIndex, DatasetItem, DatasetPage, DatasetSplit } from "scenograph/scene/dataset";
import { PageHeader } from "../app/PageHeader.tsx";
import { Annotated, type Overlays } from "./Annotated.tsx";
import { Details } from "./Details.tsx";
import { type Look, lookOf, searchOf, useJson } from "./requests.ts";

/** Typing is followed by an answer after so long a pause. */
const TYPING_MS = 250;

export function Dataset() {
  const index = useJson<DatasetIndex>("data/index.json");
  return (
    <div className="page">
      <PageHeader title="Dataset">
        <span className="muted dataset-name">{index.value?.name}</span>
      </PageHeader>
      <main className="dataset">
        {index.error !== undefined && (
          <p className="panel dataset-empty">
            There is no dataset here. Start <code>scenograph studio --data DIR</code> with a COCO folder, for example
            one that <code>scenograph data illustrate</code> has written.
          </p>
        )}
        {index.value && <Browser index={index.value} />}
      </main>
    </div>
  );
}

/** The latest look, in the address too: another picture or page is a step that can be gone back. */
function useLook(first: string): readonly [Look, (change: Partial<Look>) => void] {
  const read = () => {
    const look = lookOf(location.search);
    return look.split === "" ? { ...look, split: first } : look;
  };
  const [look, setLook] = useState(read);
  useEffect(() => {
    const back = () => setLook(read());
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  });
  return [
    look,
    (change) => {
      const next = { ...look, ...change };
      const isStep = next.page !== look.page || next.id !== look.id;
      history[isStep ? "pushState" : "replaceState"](null, "", `${location.pathname}${searchOf(next)}`);
      setLook(next);
    },
  ];
}

function Browser({ index }: { readonly index: DatasetIndex }) {
  const [look, change] = useLook(index.splits.includes("train") ? "train" : (index.splits[0] ?? ""));
  const [overlays, setOverlays] = useState<Overlays>({ boxes: true, masks: true, labels: true });
  const { id, ...question } = look;
  const split = useJson<DatasetSplit>(`data/split.json${searchOf({ split: look.split })}`);
  const { value: page, isOld, error } = useJson<DatasetPage>(`data/page.json${searchOf(question)}`);
  const ids = page?.items.map((item) => item.id) ?? [];
  const at = id === undefined ? -1 : ids.indexOf(id);
  return (
    <>
      <Filters
        index={index}
        split={split.value}
        look={look}
        change={change}
        overlays={overlays}
        onOverlays={setOverlays}
      />
      <p className="dataset-found" aria-live="polite">
        {error ?? (page ? found(page, split.value) : "The annotations are being read…")}
      </p>
      <ul className={`cards${isOld ? " old" : ""}`} aria-busy={isOld}>
        {page?.items.map((item) => (
          <Card
            key={item.id}
            split={look.split}
            item={item}
            overlays={overlays}
            onOpen={() => change({ id: item.id })}
          />
        ))}
      </ul>
      {page && page.pages > 1 && <Paging page={page} onPage={(n) => change({ page: n })} />}
      {id !== undefined && (
        <Details
          split={look.split}
          id={id}
          overlays={overlays}
          {...(at > 0 && { before: ids[at - 1] })}
          {...(at >= 0 && at < ids.length - 1 && { after: ids[at + 1] })}
          onChange={(to) => {
            const { id: _, ...rest } = look;
            change(to === undefined ? { ...rest, id: undefined } : { id: to });
          }}
        />
      )}
    </>
  );
}

const number = (n: number) => n.toLocaleString("en");

function found({ total }: DatasetPage, split: DatasetSplit | undefined): string {
  if (total === 0) return "No picture fits. Take away a word or the category.";
  const pictures = `${number(total)} ${total === 1 ? "picture" : "pictures"}`;
  if (!split) return pictures;
  return total === split.pictures
    ? `${pictures}, ${number(split.objects)} objects, ${number(split.captions)} captions`
    : `${pictures} of ${number(split.pictures)}`;
}

interface FiltersProps {
  readonly index: DatasetIndex;
  readonly split: DatasetSplit | undefined;
  readonly look: Look;
  readonly change: (change: Partial<Look>) => void;
  readonly overlays: Overlays;
  readonly onOverlays: (overlays: Overlays) => void;
}

function Filters({ index, split, look, change, overlays, onOverlays }: FiltersProps) {
  const [words, setWords] = useState(look.words);
  useEffect(() => {
    if (words === look.words) return;
    const timer = setTimeout(() => change({ words, page: 0 }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, look.words, change]);
  return (
    <search className="panel filters">
      {index.splits.length > 1 && (
        <label>
          <span>Split</span>
          <select value={look.split} onChange={(e) => change({ split: e.target.value, category: "", page: 0 })}>
            {index.splits.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <label>
        <span>Category</span>
        <select value={look.category} onChange={(e) => change({ category: e.target.value, page: 0 })}>
          <option value="">all</option>
          {split?.categories.map(({ name, pictures }) => (
            <option key={name} value={name}>
              {name} ({number(pictures)})
            </option>
          ))}
        </select>
      </label>
      <label className="words">
        <span>Words in a caption</span>
        <span className="words-field">
          <Search size={15} aria-hidden />
          <input type="search" value={words} onChange={(e) => setWords(e.target.value)} placeholder="red bus" />
        </span>
      </label>
      <fieldset className="segments" aria-label="Shown over the pictures">
        {(["boxes", "masks", "labels"] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={overlays[name]}
            onClick={() => onOverlays({ ...overlays, [name]: !overlays[name] })}
          >
            {name}
          </button>
        ))}
      </fieldset>
    </search>
  );
}

interface CardProps {
  readonly split: string;
  readonly item: DatasetItem;
  readonly overlays: Overlays;
  readonly onOpen: () => void;
}

function Card({ split, item, overlays, onOpen }: CardProps) {
  const { id, captions, objects } = item;
  return (
    <li>
      <button type="button" className="card" onClick={onOpen}>
        <span className="card-picture">
          <Annotated split={split} item={item} overlays={overlays} alt="" />
        </span>
        <span className="card-caption">
          {captions[0] ?? (objects.length > 0 ? objects.map((o) => o.label).join(", ") : `Picture ${id}`)}
        </span>
      </button>
    </li>
  );
}

function Paging({
  page: { page, pages },
  onPage,
}: {
  readonly page: DatasetPage;
  readonly onPage: (n: number) => void;
}) {
  const go = (n: number) => {
    onPage(n);
    window.scrollTo({ top: 0 });
  };
  return (
    <nav className="paging" aria-label="Pages">
      <button type="button" className="quiet-button" disabled={page === 0} onClick={() => go(page - 1)}>
        <ChevronLeft size={16} aria-hidden /> Previous
      </button>
      <span>
        Page {number(page + 1)} of {number(pages)}
      </span>
      <button type="button" className="quiet-button" disabled={page === pages - 1} onClick={() => go(page + 1)}>
        Next <ChevronRight size={16} aria-hidden />
      </button>
    </nav>
  );
}
