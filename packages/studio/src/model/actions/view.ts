/** Commands that change how the document is looked at; they are not undone. @module */
import { clamp } from "../geometry.ts";
import {
  LAYERS,
  type LayerName,
  LESSONS,
  PANELS,
  type PanelName,
  type State,
  selectedIds,
  type Theme,
  type Tool,
  VARIATIONS,
  type View,
} from "../state.ts";
import { isLabel } from "../vocabulary.ts";
import { type Action, always, withView } from "./action.ts";

export const select: Action<{ readonly id?: string }> = {
  id: "view.select",
  label: "Select",
  group: "view",
  enabled: always,
  run: (state, { id }) => {
    const { selected: _, ...rest } = state.view;
    const view = { ...rest, also: [] };
    return { state: { ...state, view: id === undefined ? view : { ...view, selected: id } } };
  },
};

/** Several; the first is the one that fields show. */
export const selectSeveral: Action<{ readonly ids: readonly string[] }> = {
  id: "view.select.several",
  label: "Select several",
  group: "view",
  enabled: always,
  run: (state, { ids: [first, ...also] }) => {
    const { state: next } = select.run(state, { id: first });
    return { state: withView(next, { also }) };
  },
};

/** One more, or one less. */
export const selectToo: Action<{ readonly id: string }> = {
  id: "view.select.too",
  label: "Add to the selection",
  group: "view",
  enabled: always,
  run: (state, { id }) => {
    const ids = selectedIds(state);
    return selectSeveral.run(state, { ids: ids.includes(id) ? ids.filter((i) => i !== id) : [id, ...ids] });
  },
};

export const selectAll: Action = {
  id: "view.select.all",
  label: "Select everything",
  group: "view",
  shortcut: ["Ctrl+A"],
  enabled: (state) => state.doc.scene.objects.length > 0,
  run: (state) => selectSeveral.run(state, { ids: state.doc.scene.objects.map((o) => o.id).reverse() }),
};

/** Show one layer alone, or switch it beside the others. */
export const setLayer: Action<{ readonly layer: LayerName; readonly too?: boolean }> = {
  id: "view.layer",
  label: "Show a layer",
  group: "view",
  enabled: always,
  run: (state, { layer, too }) => {
    if (!LAYERS.includes(layer)) return { state };
    const alone = { picture: false, masks: false, boxes: false, [layer]: true };
    const both = { ...state.view.layers, [layer]: !state.view.layers[layer] };
    // an empty stage helps nobody
    const layers = !too ? alone : LAYERS.some((name) => both[name]) ? both : state.view.layers;
    return { state: withView(state, { layers, panel: layer }) };
  },
};

export const setLayout: Action<{ readonly layout: View["layout"] }> = {
  id: "view.layout",
  label: "One stage, or side by side",
  group: "view",
  enabled: always,
  run: (state, { layout }) => ({ state: withView(state, { layout }) }),
};

export const toggleLayout: Action = {
  id: "view.layout.toggle",
  label: "One stage, or side by side",
  group: "view",
  shortcut: ["Shift+S"],
  enabled: always,
  run: (state) => setLayout.run(state, { layout: state.view.layout === "stage" ? "side" : "stage" }),
};

export const deselect: Action = {
  id: "view.deselect",
  label: "Select nothing",
  group: "view",
  shortcut: ["Escape"],
  enabled: (state) =>
    state.view.selected !== undefined || state.view.tool !== "select" || state.view.compare !== undefined,
  run: (state) => {
    const { selected: _, compare: __, heat: ___, ...view } = state.view;
    return { state: { ...state, view: { ...view, also: [], tool: "select" } } };
  },
};

function step(name: string, key: string, by: 1 | -1): Action {
  return {
    id: `view.select.${name}`,
    label: `Select ${name} object`,
    group: "view",
    shortcut: [key],
    enabled: (state) => state.doc.scene.objects.length > 0,
    run: (state) => {
      const { objects } = state.doc.scene;
      const at = objects.findIndex((o) => o.id === state.view.selected);
      const to = at < 0 ? (by > 0 ? 0 : objects.length - 1) : (at + by + objects.length) % objects.length;
      return select.run(state, { id: objects[to]?.id });
    },
  };
}

export const selectNext = step("next", "N", 1);
export const selectPrevious = step("previous", "Shift+N", -1);

function tool(name: Tool, label: string, key: string): Action {
  const run = (state: State) => ({
    state: withView(state, {
      tool: name,
      panel: name === "add" ? "boxes" : name === "select" ? state.view.panel : "masks",
    }),
  });
  return { id: `view.tool.${name}`, label, group: "view", shortcut: [key], enabled: always, run };
}

export const tools: Record<Tool, Action> = {
  select: tool("select", "Select and move", "V"),
  add: tool("add", "Draw a box", "A"),
  brush: tool("brush", "Brush", "B"),
  eraser: tool("eraser", "Eraser", "E"),
};

export const panels: Record<PanelName, Action> = Object.fromEntries(
  PANELS.map((panel, i): [PanelName, Action] => [
    panel,
    {
      id: `view.panel.${panel}`,
      label: `Go to the ${panel}`,
      group: "view",
      shortcut: [String(i + 1)],
      enabled: always,
      run: (state) =>
        panel === "sentence" || state.view.layout === "side"
          ? { state: withView(state, { panel }) }
          : setLayer.run(state, { layer: panel }),
    },
  ]),
) as Record<PanelName, Action>;

function toggle(name: "live" | "overlay" | "keepSeed" | "snap", label: string, key?: string): Action {
  return {
    id: `view.${name}`,
    label,
    group: "view",
    ...(key !== undefined && { shortcut: [key] }),
    enabled: always,
    run: (state) => ({ state: withView(state, { [name]: !state.view[name] }) }),
  };
}

export const toggleLive = toggle("live", "Live: infer while dragging", "Shift+L");
export const toggleOverlay = toggle("overlay", "Masks over the picture", "O");
export const toggleKeepSeed = toggle("keepSeed", "Keep the seed", "K");
export const toggleSnap = toggle("snap", "Snap to other boxes", "S");

export const setOpacity: Action<{ readonly opacity: number }> = {
  id: "view.opacity",
  label: "Opacity of masks",
  group: "view",
  enabled: always,
  run: (state, { opacity }) => ({ state: withView(state, { opacity: clamp(opacity, 0, 1) }) }),
};

export const setReferenceStrength: Action<{ readonly strength: number }> = {
  id: "view.reference",
  label: "Strength of the picture under the stage",
  group: "view",
  enabled: always,
  run: (state, { strength }) => ({ state: withView(state, { reference: clamp(strength, 0, 1) }) }),
};

/** So many steps of the first visit were done. */
export const setLesson: Action<{ readonly lesson: number }> = {
  id: "view.lesson",
  label: "Step of the first visit",
  group: "view",
  enabled: always,
  run: (state, { lesson }) => ({ state: withView(state, { lesson: clamp(Math.round(lesson), 0, LESSONS) }) }),
};

/** The density of the next box for a category, or none. */
export const setHeat: Action<{ readonly label?: string }> = {
  id: "view.heat",
  label: "Density of the next box",
  group: "view",
  enabled: always,
  run: (state, { label }) => {
    const { heat: _, ...view } = state.view;
    return {
      state: { ...state, view: label !== undefined && isLabel(label) ? { ...view, heat: label } : view },
    };
  },
};

export const setVariationCount: Action<{ readonly count: number }> = {
  id: "view.variations",
  label: "Number of variations",
  group: "view",
  enabled: always,
  run: (state, { count }) => ({ state: withView(state, { variations: clamp(Math.round(count), ...VARIATIONS) }) }),
};

export const setTheme: Action<{ readonly theme: Theme }> = {
  id: "view.theme",
  label: "Light or dark",
  group: "view",
  enabled: always,
  run: (state, { theme }) => ({ state: withView(state, { theme }) }),
};

export const setCompute: Action<{ readonly compute: View["compute"] }> = {
  id: "view.compute",
  label: "Where inference happens",
  group: "view",
  enabled: always,
  run: (state, { compute }) => ({ state: withView(state, { compute }) }),
};

/** The model that is opened at the next visit too. */
export const setModel: Action<{ readonly model: string }> = {
  id: "view.model",
  label: "Model",
  group: "view",
  enabled: always,
  run: (state, { model }) => ({ state: withView(state, { model }) }),
};
