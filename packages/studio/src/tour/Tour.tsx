/** A tour of the paper on the present scene: the sentence's path through the four stages, with the networks' own numbers. @module */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ComponentType, useEffect, useState } from "react";
import { ImageScreen } from "./ImageScreen.tsx";
import { LayoutScreen } from "./LayoutScreen.tsx";
import { MasksScreen } from "./MasksScreen.tsx";
import { PathScreen } from "./PathScreen.tsx";
import { TextScreen } from "./TextScreen.tsx";
import "./tour.css";

/** One screen per section. */
const SCREENS: readonly { readonly title: string; readonly Body: ComponentType }[] = [
  { title: "The path", Body: PathScreen },
  { title: "The sentence", Body: TextScreen },
  { title: "Boxes", Body: LayoutScreen },
  { title: "Silhouettes", Body: MasksScreen },
  { title: "The picture", Body: ImageScreen },
];

export function Tour() {
  const [at, setAt] = useState(0);
  const to = (next: number) => setAt(Math.min(SCREENS.length - 1, Math.max(0, next)));
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if ((e.target as Element).matches("input, select, [role=slider]")) return;
      const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
      setAt((now) => Math.min(SCREENS.length - 1, Math.max(0, now + by)));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  const { title, Body } = SCREENS[at];
  return (
    <div className="tour">
      <nav className="tour-steps" aria-label="Sections">
        {SCREENS.map((screen, i) => (
          <button key={screen.title} type="button" aria-current={i === at ? "step" : undefined} onClick={() => to(i)}>
            <span className="tour-number" aria-hidden="true">
              {i + 1}
            </span>
            {screen.title}
          </button>
        ))}
      </nav>
      <section className="tour-screen explanation" aria-label={title}>
        <Body key={title} />
      </section>
      <div className="tour-foot">
        <button type="button" className="plain-button" disabled={at === 0} onClick={() => to(at - 1)}>
          <ChevronLeft size={16} aria-hidden /> Back
        </button>
        <span className="muted" role="status">
          {at + 1} of {SCREENS.length}
        </span>
        <button
          type="button"
          className="primary-button"
          disabled={at === SCREENS.length - 1}
          onClick={() => to(at + 1)}
        >
          Next <ChevronRight size={16} aria-hidden />
        </button>
      </div>
    </div>
  );
}
