/** Commands of the whole document: undo, redo, opening, exporting. @module */
import { extentOf, type Size } from "scenograph/scene/geometry";
import type { Scene } from "scenograph/scene/scene";
import { redo, undo } from "../history.ts";
import { type Doc, EMPTY_DOC, type State } from "../state.ts";
import { type Action, always, type Dialog, type ExportKind } from "./action.ts";

function travelled(state: State, way: typeof undo): State {
  const { history, doc } = way(state.history, state.doc);
  // the picture's size is the open model's, whatever it was when the step was made
  const { width, height } = state.doc.scene;
  return { ...state, history, doc: { ...doc, scene: { ...doc.scene, width, height } } };
}

export const undoAction: Action = {
  id: "edit.undo",
  label: "Undo",
  group: "edit",
  shortcut: ["Ctrl+Z"],
  enabled: (state) => state.history.past.length > 0,
  run: (state) => ({ state: travelled(state, undo), travelled: true }),
};

export const redoAction: Action = {
  id: "edit.redo",
  label: "Redo",
  group: "edit",
  shortcut: ["Ctrl+Shift+Z", "Ctrl+Y"],
  enabled: (state) => state.history.future.length > 0,
  run: (state) => ({ state: travelled(state, redo), travelled: true }),
};

/**
 * A scene from outside in the place of the open one; one step of undo brings that back. Masks that it brings are the
 * user's own, so inference leaves them alone until it is asked.
 */
export const openScene: Action<{ readonly scene: Scene; readonly picture?: string; readonly size?: number }> = {
  id: "file.open-scene",
  label: "Open scene",
  group: "file",
  enabled: always,
  run: (state, { scene, picture }) => {
    const masked = scene.objects.filter((o) => o.mask).map((o) => o.id);
    const stale: Doc["stale"] = [
      ...(masked.length < scene.objects.length ? (["masks"] as const) : []),
      ...(picture === undefined || masked.length < scene.objects.length ? (["image"] as const) : []),
    ];
    const doc: Doc = { scene, painted: masked.sort(), stale, ...(picture !== undefined && { picture }) };
    const { selected: _, compare: __, ...view } = state.view;
    return { state: { ...state, doc, view } };
  },
};

export const newScene: Action = {
  id: "file.new",
  label: "Empty the scene",
  group: "file",
  enabled: always,
  run: (state) => {
    const { width, height, seed } = state.doc.scene;
    const { selected: _, compare: __, heat: ___, ...view } = state.view;
    return { state: { ...state, view, doc: { ...EMPTY_DOC, scene: { ...EMPTY_DOC.scene, width, height, seed } } } };
  },
};

/** The picture's size is the model's. */
export const setSize: Action<{ readonly size: Size }> = {
  id: "file.size",
  label: "Picture size",
  group: "file",
  enabled: always,
  run: (state, { size }) => {
    const { scene } = state.doc;
    const { width, height } = extentOf(size);
    if (scene.width === width && scene.height === height) return { state };
    const doc = { ...state.doc, scene: { ...scene, width, height } };
    // no step of its own: nobody asked for it
    return { state: { ...state, doc }, travelled: true };
  },
};

const EXPORTS: Record<ExportKind, string> = {
  png: "Picture with the scene inside (PNG)",
  scene: "Scene (JSON)",
  coco: "COCO annotation (JSON)",
  masks: "Masks, one PNG each (ZIP)",
  panels: "Four panels (PNG)",
};

function exporting(kind: ExportKind, shortcut?: string): Action {
  return {
    id: `file.export.${kind}`,
    label: EXPORTS[kind],
    group: "file",
    ...(shortcut !== undefined && { shortcut: [shortcut] }),
    enabled: (state) =>
      kind === "png"
        ? state.doc.picture !== undefined
        : kind === "masks"
          ? state.doc.scene.objects.some((o) => o.mask)
          : state.doc.scene.caption.trim() !== "" || state.doc.scene.objects.length > 0,
    run: (state) => ({ state, effect: { type: "export", kind } }),
  };
}

export const exports: Record<ExportKind, Action> = {
  png: exporting("png", "Ctrl+S"),
  scene: exporting("scene"),
  coco: exporting("coco"),
  masks: exporting("masks"),
  panels: exporting("panels"),
};

export const openFile: Action = {
  id: "file.open",
  label: "Open a file",
  group: "file",
  shortcut: ["Ctrl+O"],
  enabled: always,
  run: (state) => ({ state, effect: { type: "open" } }),
};

function dialog(name: Dialog, label: string, shortcut?: string): Action {
  return {
    id: `file.dialog.${name}`,
    label,
    group: "file",
    ...(shortcut !== undefined && { shortcut: [shortcut] }),
    enabled: always,
    run: (state) => ({ state, effect: { type: "dialog", dialog: name } }),
  };
}

function documentAction(what: "new" | "copy", label: string): Action {
  return {
    id: `file.document.${what}`,
    label,
    group: "file",
    enabled: always,
    run: (state) => ({ state, effect: { type: "document", what } }),
  };
}

export const newDocument = documentAction("new", "New scene");
export const copyDocument = documentAction("copy", "Duplicate this scene");
export const showGallery = dialog("gallery", "Your scenes", "G");
export const showExport = dialog("export", "Export", "Ctrl+E");
export const showTour = dialog("tour", "Tour of the paper", "T");
export const showHelp = dialog("help", "Keyboard shortcuts", "?");
export const share = dialog("share", "Share a link");
