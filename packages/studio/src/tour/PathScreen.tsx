/** The chain on one screen: what each stage was given, and what it made of it. @module */
import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useModel, useSession, useStatus } from "../app/hooks.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { Foot } from "../panels/explanations.tsx";
import { MiniBoxes, MiniMasks } from "../stage/minis.tsx";

export function PathScreen() {
  const session = useSession();
  const scene = useModel((s) => s.doc.scene);
  const key = useModel((s) => s.doc.picture);
  const times = useStatus((s) => s.times);
  const picture = session.shot(key)?.picture;
  const steps: readonly (readonly [name: string, ms: number | undefined, view: ReactNode])[] = [
    ["Sentence", times.text, <p key="s">{scene.caption || "no sentence yet"}</p>],
    ["Boxes", times.boxes, <MiniBoxes key="b" objects={scene.objects} />],
    ["Silhouettes", times.masks, <MiniMasks key="m" objects={scene.objects} />],
    ["Picture", times.image, picture && <Pixels key="p" picture={picture} label="The picture" />],
  ];
  return (
    <>
      <h3>Each stage guesses what the sentence leaves open, and the next one believes it</h3>
      <p>
        A network from words to pixels at once must guess everything together. Here three networks stand between: which
        things there are and where, what shape they have, how they look. Each result is a scene that you can change;
        what follows is drawn from your version.
      </p>
      <div className="tour-path">
        {steps.map(([name, ms, view], i) => (
          <Fragment key={name}>
            {i > 0 && <ChevronRight size={20} aria-hidden />}
            <figure>
              <div>{view}</div>
              <figcaption>
                {name}
                {ms !== undefined && <span className="muted"> {Math.round(ms)} ms</span>}
              </figcaption>
            </figure>
          </Fragment>
        ))}
      </div>
      <p className="formula">p(X, M, B | s) = p(B | s) · p(M | B, s) · p(X | M, s)</p>
      <Foot section="sections 1 and 2" files={["packages/scenograph/src/pipeline.ts"]} />
    </>
  );
}
