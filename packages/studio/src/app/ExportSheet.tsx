/** The scene for other programs and people: every format, copied or downloaded, at the size that is wanted. @module */
import { Clipboard, Download, Image as ImageIcon } from "lucide-react";
import { useEffect, useState } from "react";
import type { Format } from "scenograph/interchange/index";
import { exports } from "../model/actions/index.ts";
import { useModel, useSession, useStatus } from "./hooks.ts";

const SIZES = [512, 768, 1024, 1536, 2048];
/** Formats by what people do with them. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Pictures and layers", ["ora", "psd", "cutouts", "svg"]],
  [
    "For other generators",
    ["ideogram", "comfyui-boxes", "comfyui-boxes-kj", "comfyui-gligen", "comfyui-area", "comfyui-mask", "invokeai"],
  ],
  ["Data", ["coco", "labelme", "csv", "scene"]],
];

type Interchange = typeof import("scenograph/interchange/index");

export function ExportSheet() {
  const session = useSession();
  const scene = useModel((s) => s.doc.scene);
  const key = useModel((s) => s.doc.picture);
  useStatus((s) => s.shots);
  const picture = session.shot(key)?.picture;
  const [size, setSize] = useState(1024);
  const [all, setAll] = useState(false);
  const [interchange, setInterchange] = useState<Interchange | undefined>();
  const [busy, setBusy] = useState<string | undefined>();
  useEffect(() => {
    // writers of two dozen formats are not part of the first page
    import("scenograph/interchange/index").then(setInterchange, (e: Error) => session.error(e.message));
  }, [session]);

  const written = async (format: Format) => {
    if (!interchange) return undefined;
    const name = scene.caption.trim() || "scene";
    const options = { width: size, height: size, name, ...(picture && { picture }) };
    return interchange.exportScene(scene, format.name, options);
  };
  const act = async (format: Format, how: "copy" | "download") => {
    setBusy(format.name);
    try {
      const exported = await written(format);
      if (!exported || !interchange) return;
      if (how === "copy") {
        await navigator.clipboard.writeText(interchange.exportedText(exported));
        session.note([`${format.title} copied.`, ...exported.notes].slice(0, 2).join(" "));
      } else {
        const file = await interchange.exportedFile(exported, scene.caption);
        session.deliver({ name: file.name, type: file.mime, bytes: file.bytes });
        if (exported.notes.length > 0) session.note(exported.notes.slice(0, 2).join(" "));
      }
    } catch (error) {
      session.error((error as Error).message);
    } finally {
      setBusy(undefined);
    }
  };
  const copyPicture = async () => {
    try {
      const blob = await session.pictureBlob(size);
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      session.note("Picture copied.");
    } catch (error) {
      session.error(`The picture could not be copied: ${(error as Error).message}`);
    }
  };
  const downloadPicture = async () => {
    try {
      session.deliver(await session.pictureFile(size));
    } catch (error) {
      session.error((error as Error).message);
    }
  };
  const formats = interchange?.FORMATS.filter((f) => f.write) ?? [];
  const listed = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = formats.filter((f) => !listed.has(f.name) && f.name !== "scene-png").map((f) => f.name);
  const groups = all ? [...GROUPS, ["More", rest] as const] : GROUPS;
  return (
    <div className="export">
      <div className="export-head">
        <label className="select">
          <span>Size</span>
          <select value={size} onChange={(e) => setSize(Number(e.target.value))}>
            {SIZES.map((n) => (
              <option key={n} value={n}>
                {n} x {n}
              </option>
            ))}
          </select>
        </label>
        <span className="spacer" />
        <button type="button" className="plain-button" disabled={!picture} onClick={copyPicture}>
          <ImageIcon size={15} aria-hidden /> Copy picture
        </button>
        <button type="button" className="primary-button" disabled={!picture} onClick={downloadPicture}>
          <Download size={16} aria-hidden /> Picture
        </button>
      </div>
      {!interchange && <p className="muted">Fetching the formats…</p>}
      {groups.map(([title, names]) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul className="export-list">
            {formats
              .filter((f) => names.includes(f.name))
              .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
              .map((f) => (
                <li key={f.name} aria-busy={busy === f.name}>
                  <div>
                    <strong>{f.title}</strong>
                    <p className="muted">{f.use}</p>
                  </div>
                  {!f.binary && (
                    <button
                      type="button"
                      className="plain-button"
                      aria-label={`Copy ${f.title}`}
                      onClick={() => void act(f, "copy")}
                    >
                      <Clipboard size={15} aria-hidden /> Copy
                    </button>
                  )}
                  <button
                    type="button"
                    className="plain-button"
                    aria-label={`Download ${f.title}`}
                    onClick={() => void act(f, "download")}
                  >
                    <Download size={15} aria-hidden /> .{f.extension}
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <div className="export-foot">
        {!all && (
          <button type="button" className="plain-button" onClick={() => setAll(true)}>
            All {formats.length} formats
          </button>
        )}
        <button type="button" className="plain-button" onClick={() => session.store.run(exports.panels)}>
          Four panels (PNG)
        </button>
        <button type="button" className="plain-button" onClick={() => session.store.run(exports.masks)}>
          Masks (ZIP)
        </button>
      </div>
    </div>
  );
}
