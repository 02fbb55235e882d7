/** The scene for other programs and people: every format, copied or downloaded, at the size that is wanted. @module */
import { Clipboard, Download, Image as ImageIcon } from "lucide-react";
import { useEffect, useState } from "react";
import type { Format } from "scenograph/interchange/index";
import { exports } from "../model/actions/index.ts";
import { categories } from "../model/vocabulary.ts";
import { useModel, useSession, useStatus } from "./hooks.ts";

/** Of the longer side. */
const SIZES = [512, 768, 1024, 1536, 2048];
/** Width over height; boxes, masks and picture are stretched to it. */
const SHAPES: Readonly<Record<string, number>> = {
  "1:1": 1,
  "4:3": 4 / 3,
  "3:4": 3 / 4,
  "3:2": 3 / 2,
  "2:3": 2 / 3,
  "16:9": 16 / 9,
  "9:16": 9 / 16,
};
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
  const [shape, setShape] = useState("1:1");
  const [all, setAll] = useState(false);
  const [interchange, setInterchange] = useState<Interchange | undefined>();
  const [busy, setBusy] = useState<string | undefined>();
  useEffect(() => {
    // writers of two dozen formats are not part of the first page
    import("scenograph/interchange/index").then(setInterchange, (e: Error) => session.messages.error(e.message));
  }, [session]);

  const written = async (format: Format) => {
    if (!interchange) return undefined;
    const name = scene.caption.trim() || "scene";
    const aspect = SHAPES[shape];
    const [width, height] = [Math.min(1, aspect), Math.min(1, 1 / aspect)].map((v) => Math.round(size * v));
    const options = { width, height, name, categories: categories(), ...(picture && { picture }) };
    return interchange.exportScene(scene, format.name, options);
  };
  const act = async (format: Format, how: "copy" | "download") => {
    setBusy(format.name);
    try {
      const exported = await written(format);
      if (!exported || !interchange) return;
      if (how === "copy") {
        await navigator.clipboard.writeText(interchange.exportedText(exported));
        session.messages.note([`${format.title} copied.`, ...exported.notes].slice(0, 2).join(" "));
      } else {
        const file = await interchange.exportedFile(exported, scene.caption);
        session.deliver({ name: file.name, type: file.mime, bytes: file.bytes });
        if (exported.notes.length > 0) session.messages.note(exported.notes.slice(0, 2).join(" "));
      }
    } catch (error) {
      session.messages.error((error as Error).message);
    } finally {
      setBusy(undefined);
    }
  };
  /** The picture with its scene inside. */
  const pictureFile = async () => {
    if (shape === "1:1") return session.pictureFile(size);
    const format = interchange?.FORMATS.find((f) => f.name === "scene-png");
    const exported = format && (await written(format));
    if (!exported) throw new Error("the formats are not there yet; try again");
    const [{ name, mime, bytes }] = exported.files;
    return { name, type: mime, bytes };
  };
  const copyPicture = async () => {
    try {
      const { bytes } = await pictureFile();
      const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" });
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      session.messages.note("Picture copied.");
    } catch (error) {
      session.messages.error(`The picture could not be copied: ${(error as Error).message}`);
    }
  };
  const downloadPicture = async () => {
    try {
      session.deliver(await pictureFile());
    } catch (error) {
      session.messages.error((error as Error).message);
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
                {n}
              </option>
            ))}
          </select>
        </label>
        <label className="select">
          <span>Shape</span>
          <select value={shape} onChange={(e) => setShape(e.target.value)}>
            {Object.keys(SHAPES).map((name) => (
              <option key={name}>{name}</option>
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
