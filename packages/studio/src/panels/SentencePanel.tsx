/** The sentence: typed, its categories underlined, unknown words marked. @module */
import * as Menu from "@radix-ui/react-dropdown-menu";
import { ChevronDown, Sparkles } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { findCategories } from "scenograph/paper/text/categories";
import { scanTokens } from "scenograph/paper/text/tokenize";
import { CATEGORIES } from "scenograph/scene/categories";
import { classColor } from "scenograph/scene/colors";
import { SCENE_LIMITS } from "scenograph/scene/schema";
import { Keys, Tip } from "../app/controls.tsx";
import { useAction, useModel, useSession, useStatus } from "../app/hooks.ts";
import { inferAll, useSentence as newSentence } from "../model/actions/index.ts";
import { AboutSentence } from "./explanations.tsx";
import { Panel } from "./Panel.tsx";

export const EXAMPLES = [
  "two people riding horses on the beach",
  "a cat sitting on a couch next to a laptop",
  "a man flying a kite in a green field",
  "three elephants walking through the grass",
  "a bus driving down a city street at night",
  "a bowl of oranges on a wooden table",
  "a skier going down a snowy mountain",
  "a dog catching a frisbee in the park",
];

interface Piece {
  readonly text: string;
  readonly label?: string;
  readonly unknown?: boolean;
}

/** The caption in pieces: names of categories, unknown words, the rest. */
function piecesOf(caption: string, unknown: ReadonlySet<string>): Piece[] {
  const marks = findCategories(caption).map((c) => ({ ...c, label: CATEGORIES[c.classIndex].name, unknown: false }));
  for (const t of scanTokens(caption))
    if (unknown.has(t.text) && !marks.some((m) => m.start < t.end && t.start < m.end))
      marks.push({ start: t.start, end: t.end, classIndex: -1, label: "", unknown: true });
  marks.sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, label, unknown: isUnknown } of marks) {
    if (start < at) continue;
    if (start > at) pieces.push({ text: caption.slice(at, start) });
    pieces.push({ text: caption.slice(start, end), ...(isUnknown ? { unknown: true } : { label }) });
    at = end;
  }
  pieces.push({ text: caption.slice(at) });
  return pieces;
}

export function SentencePanel() {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  const isStale = useModel((s) => s.doc.stale.includes("boxes"));
  const words = useStatus((s) => s.words);
  const running = useStatus((s) => s.running);
  const { enabled, run } = useAction(inferAll);
  const field = useRef<HTMLTextAreaElement>(null);
  const isOpen = useModel((s) => s.view.panel === "sentence");
  const first = useRef(true);
  useEffect(() => {
    if (isOpen && !first.current) field.current?.focus();
    first.current = false;
  }, [isOpen]);

  const unknown = useMemo(() => new Set((words?.words ?? []).filter((w) => !w.known).map((w) => w.text)), [words]);
  const pieces = useMemo(() => piecesOf(caption, unknown), [caption, unknown]);
  const strange = [...new Set(scanTokens(caption).map((t) => t.text))].filter((t) => unknown.has(t));

  return (
    <Panel
      name="sentence"
      title="Sentence"
      explanation={<AboutSentence />}
      aside={
        <Menu.Root>
          <Menu.Trigger asChild>
            <button type="button" className="quiet-button">
              Examples
              <ChevronDown size={15} aria-hidden />
            </button>
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
              {EXAMPLES.map((example) => (
                <Menu.Item
                  key={example}
                  className="menu-item"
                  onSelect={() => session.store.run(newSentence, { caption: example })}
                >
                  {example}
                </Menu.Item>
              ))}
            </Menu.Content>
          </Menu.Portal>
        </Menu.Root>
      }
    >
      <div className="sentence-row">
        <div className="sentence-field">
          <div className="sentence-marks" aria-hidden="true">
            {pieces.map((p, i) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name than their place
                key={i}
                className={p.label ? "named" : p.unknown ? "unknown" : undefined}
                style={p.label ? { textDecorationColor: classColor(p.label) } : undefined}
              >
                {p.text}
              </span>
            ))}
            {/* a last line that ends in a line break has its height too */}
            {"\u200b"}
          </div>
          <textarea
            ref={field}
            value={caption}
            rows={1}
            spellCheck={false}
            maxLength={SCENE_LIMITS.captionCharacters}
            aria-label="Sentence"
            aria-describedby="sentence-hint"
            placeholder="Describe a scene, for example: a cat on a sofa"
            onChange={(e) => session.type(e.target.value.replaceAll("\n", " "))}
            onKeyDown={(e) => {
              if (e.key !== "Enter" || e.nativeEvent.isComposing) return;
              e.preventDefault();
              if (!e.ctrlKey && !e.metaKey) run();
            }}
          />
        </div>
        <Tip text={isStale || !enabled ? "Infer boxes, masks and picture" : "Infer all anew"} shortcut="Ctrl+Enter">
          <button
            type="button"
            className={`primary-button${isStale ? " due" : ""}`}
            disabled={!enabled}
            onClick={run}
            aria-busy={running !== undefined}
          >
            <Sparkles size={17} aria-hidden />
            Infer
          </button>
        </Tip>
      </div>
      <p id="sentence-hint" className="hint" aria-live="polite">
        {caption.trim() === "" ? (
          <span className="chips">
            Or begin with
            {EXAMPLES.slice(1, 4).map((example) => (
              <button
                key={example}
                type="button"
                className="chip"
                onClick={() => session.store.run(newSentence, { caption: example })}
              >
                {example}
              </button>
            ))}
          </span>
        ) : strange.length > 0 ? (
          <>
            The model does not know{" "}
            {strange
              .slice(0, 4)
              .map((w) => `“${w}”`)
              .join(", ")}
            {strange.length > 4 ? ` and ${strange.length - 4} more` : ""}: read as if not there.
          </>
        ) : isStale ? (
          <>
            The sentence has changed. <Keys shortcut="Enter" /> infers new boxes; locked objects stay.
          </>
        ) : (
          <>Underlined words name what the model can place.</>
        )}
      </p>
    </Panel>
  );
}
