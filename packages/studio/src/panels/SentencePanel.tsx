/** The sentence: typed, marked with what was understood of it, and drawn. @module */
import * as Menu from "@radix-ui/react-dropdown-menu";
import { ChevronDown, Sparkles } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { SCENE_LIMITS } from "scenograph/scene/schema";
import { Tip } from "../app/controls.tsx";
import { useAction, useModel, useSession, useStatus } from "../app/hooks.ts";
import { inferAll, useSentence as newSentence } from "../model/actions/index.ts";
import { colorOf } from "../model/palette.ts";
import { marked, type Piece, understood } from "../model/understood.ts";
import { categories } from "../model/vocabulary.ts";
import { AboutSentence } from "./explanations.tsx";
import { Panel } from "./Panel.tsx";
import { Understood } from "./Understood.tsx";

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

export function SentencePanel() {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  const isStale = useModel((s) => s.doc.stale.includes("boxes"));
  const running = useStatus((s) => s.running);
  // the categories are those of the model
  useStatus((s) => s.model);
  const { enabled, run } = useAction(inferAll);
  const field = useRef<HTMLTextAreaElement>(null);
  const isOpen = useModel((s) => s.view.panel === "sentence");
  const first = useRef(true);
  useEffect(() => {
    if (isOpen && !first.current) field.current?.focus();
    first.current = false;
  }, [isOpen]);
  const open = categories();
  const read = useMemo(() => understood(caption, open), [caption, open]);
  const pieces = useMemo(() => marked(read), [read]);
  return (
    <Panel name="sentence" title="Sentence" explanation={<AboutSentence />}>
      <div className="sentence-row">
        <div className="sentence-scroll">
          <div className="sentence-field">
            <div className="sentence-marks" aria-hidden="true">
              {pieces.map((p) => (
                <MarkedPiece key={p.start} piece={p} />
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
        </div>
        <Tip text={isStale || !enabled ? "Draw what the sentence says" : "Draw it anew"} shortcut="Ctrl+Enter">
          <button
            type="button"
            className={`primary-button${isStale ? " due" : ""}`}
            disabled={!enabled}
            onClick={run}
            aria-busy={running !== undefined}
          >
            <Sparkles size={17} aria-hidden />
            Draw
          </button>
        </Tip>
      </div>
      <div className="sentence-foot">
        <p id="sentence-hint" className="hint" aria-live="polite">
          <Understood read={read} isStale={isStale} />
        </p>
        <Examples />
      </div>
    </Panel>
  );
}

function MarkedPiece({ piece: p }: { readonly piece: Piece }) {
  if (p.kind === "text") return <span>{p.text}</span>;
  if (p.kind === "thing")
    return (
      <span className="named" style={{ textDecorationColor: colorOf(p.category) }}>
        {p.text}
      </span>
    );
  return <span className={p.kind === "not" ? "negated" : "unknown"}>{p.text}</span>;
}

/** Always at hand: three of them, and the rest in a menu. */
function Examples() {
  const session = useSession();
  const caption = useModel((s) => s.doc.scene.caption);
  const others = EXAMPLES.filter((e) => e !== caption);
  const take = (example: string) => session.store.run(newSentence, { caption: example });
  return (
    <div className="chips">
      <Menu.Root>
        <Menu.Trigger asChild>
          <button type="button" className="chip more">
            Examples
            <ChevronDown size={14} aria-hidden />
          </button>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
            {EXAMPLES.map((example) => (
              <Menu.Item key={example} className="menu-item" onSelect={() => take(example)}>
                {example}
              </Menu.Item>
            ))}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      {others.slice(0, 3).map((example) => (
        <button key={example} type="button" className="chip" onClick={() => take(example)}>
          {example}
        </button>
      ))}
    </div>
  );
}
