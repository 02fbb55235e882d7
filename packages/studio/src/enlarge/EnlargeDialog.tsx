/** The picture twice or four times as large, beside the picture as it is; saved with its scene inside. @module */
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { FACTORS, type Factor } from "scenograph/enlarge/enlarge";
import type { Picture } from "scenograph/scene/scene";
import { exportFile } from "../app/exporting.ts";
import { useSession } from "../app/hooks.ts";
import type { Shot } from "../app/storage.ts";
import { PictureView } from "../canvas/PictureView.tsx";
import { useSide } from "../canvas/useSide.ts";
import { EnlargeClient } from "./client.ts";
import "./enlarge.css";
import type { EnlargeProgress } from "./protocol.ts";

interface Result {
  readonly picture: Picture;
  readonly factor: Factor;
  readonly seconds: number;
}

type Work =
  | { readonly state: "running"; readonly progress?: EnlargeProgress }
  | { readonly state: "idle" }
  | { readonly state: "failed"; readonly message: string };

export function Enlarging({ shot }: { readonly shot: Shot }) {
  const session = useSession();
  const [ref, side] = useSide();
  const [client] = useState(() => new EnlargeClient(new URL("./", location.href).href));
  /** The object is new for each request, so that the same factor can be asked again. */
  const [asked, ask] = useState<{ readonly factor: Factor } | undefined>({ factor: 2 });
  const [work, setWork] = useState<Work>({ state: "running" });
  const [result, setResult] = useState<Result | undefined>();
  useEffect(() => () => client.close(), [client]);

  useEffect(() => {
    if (!asked) return;
    const stop = new AbortController();
    const start = performance.now();
    setWork({ state: "running" });
    const { factor } = asked;
    client
      .enlarge(shot.picture, factor, {
        signal: stop.signal,
        onProgress: (progress) => setWork({ state: "running", progress }),
      })
      .then(
        (picture) => {
          setResult({ picture, factor, seconds: (performance.now() - start) / 1000 });
          setWork({ state: "idle" });
        },
        (error: Error) =>
          setWork(error.name === "AbortError" ? { state: "idle" } : { state: "failed", message: error.message }),
      );
    return () => stop.abort();
  }, [asked, client, shot]);

  const save = async () => {
    if (!result) return;
    const { width, height } = result.picture;
    const file = await exportFile("png", { ...shot.scene, width, height }, result.picture);
    session.deliver({ ...file, name: file.name.replace(/\.png$/, `-x${result.factor}.png`) });
  };
  const isRunning = work.state === "running";
  const shown = asked?.factor ?? result?.factor;
  return (
    <>
      <div className="enlarge-head">
        <fieldset className="segments" aria-label="How many times as large">
          {FACTORS.map((factor) => (
            <button
              key={factor}
              type="button"
              aria-pressed={factor === shown}
              onClick={() => factor === shown || ask({ factor })}
            >
              {factor}× <span className="muted">{shot.picture.width * factor} px</span>
            </button>
          ))}
        </fieldset>
        <span className="spacer" />
        {isRunning ? (
          <button type="button" className="quiet-button" onClick={() => ask(undefined)}>
            Cancel
          </button>
        ) : (
          <button type="button" className="primary-button" disabled={!result} onClick={() => void save()}>
            <Download size={16} aria-hidden /> Save PNG
          </button>
        )}
      </div>
      <div ref={ref} className="canvas-place" aria-busy={isRunning}>
        {side > 0 && (
          <PictureView
            side={side}
            picture={result?.picture ?? shot.picture}
            other={result && shot.picture}
            label={result ? `The picture ${result.factor} times as large` : "The picture as it is"}
            stale={isRunning && result !== undefined}
            masks={[]}
            opacity={0}
          />
        )}
      </div>
      <p className="enlarge-said muted" aria-live="polite">
        {isRunning && <Progress progress={work.progress} />}
        {work.state === "failed" && (
          <>
            {work.message}{" "}
            <button type="button" className="link-button" onClick={() => ask({ factor: shown ?? 2 })}>
              Try again
            </button>
          </>
        )}
        {work.state === "idle" && result && (
          <>
            {result.picture.width} × {result.picture.height} pixels in {result.seconds.toFixed(1)} s, right of the line;
            left of it the picture as it is.
          </>
        )}
        {work.state === "idle" && !result && "Choose how large."}
      </p>
    </>
  );
}

const megabytes = (n: number) => (n / 1e6).toFixed(1);

function Progress({ progress }: { readonly progress: EnlargeProgress | undefined }) {
  const isPicture = progress?.stage === "picture";
  return (
    <>
      <progress
        aria-label="Enlarging"
        {...(isPicture && { value: progress.done })}
        {...(progress?.stage === "network" && { value: progress.loaded, max: progress.total })}
      />{" "}
      {progress?.stage === "network"
        ? `Loading the network, ${megabytes(progress.loaded)} of ${megabytes(progress.total)} MB`
        : isPicture
          ? `${Math.round(progress.done * 100)} %`
          : "Enlarging…"}
    </>
  );
}
