/** Variations of the picture, or other layouts: one after the other, each shown when it is there. @module */
import { withAnswer } from "../model/stages.ts";
import type { Vary } from "../model/state.ts";
import { attempts, signature } from "../model/variations.ts";
import type { DocumentInference, InferenceParts } from "./inference.ts";

/** So many that are like one that is there are thrown away for each that is wanted. */
const TRIES = 3;

export class Several {
  #stop: AbortController | undefined;

  constructor(
    private readonly parts: InferenceParts,
    private readonly inference: DocumentInference,
  ) {}

  cancel(): void {
    this.#stop?.abort();
  }

  async make(vary: Vary, count: number): Promise<void> {
    const { store, status, shelf, messages } = this.parts;
    this.cancel();
    const stop = new AbortController();
    this.#stop = stop;
    const isLayouts = vary === "layouts";
    status.set({
      strip: isLayouts ? "layouts" : "variations",
      pending: count,
      ...(isLayouts ? { layouts: [] } : { variations: [] }),
    });
    try {
      await this.parts.ready();
      const { doc } = store.state;
      const seen = new Set([signature(doc, vary)]);
      let [made, tried] = [0, 0];
      for (const attempt of attempts(doc, vary)) {
        if (made === count || tried++ === count * TRIES) break;
        const { job } = attempt;
        const answer = await this.inference.answer(attempt.doc, job, stop.signal);
        stop.signal.throwIfAborted();
        const result = withAnswer(attempt.doc, job, { scene: answer.scene }, true);
        const kind = signature(result, vary);
        // where nothing can differ (a single place), what comes is shown all the same
        if (seen.has(kind) && (vary !== "looks" || result.scene.objects.some((o) => o.look !== undefined))) continue;
        seen.add(kind);
        made++;
        const { scene, painted } = result;
        const { layouts, variations } = status.get();
        if (isLayouts) status.set({ layouts: [...layouts, { seed: scene.seed, objects: scene.objects }] });
        else if (answer.picture) {
          const shot = shelf.keep({ scene, painted, picture: answer.picture, label: "Variation" }, false);
          status.set({ variations: [...variations, shot.key] });
        }
        status.set({ pending: count - made });
      }
      if (made === 0) messages.note("There is nothing else that this scene could be; unlock something, or say more.");
    } catch (error) {
      if ((error as Error).name !== "AbortError") messages.error((error as Error).message);
    } finally {
      if (this.#stop === stop) status.set({ pending: 0 });
    }
  }
}
