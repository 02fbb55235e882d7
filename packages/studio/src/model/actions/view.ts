/** Commands that change how the document is looked at; they are not undone. @module */
import { classIndex } from "scenograph/scene/categories";
import { clamp } from "../geometry.ts";
import { PANELS, type PanelName, type State, type Theme, type Tool, VARIATIONS, type View } from "../state.ts";
import { type Action, always, withView } from "./action.ts";

export const select: Action<{ readonly id?: string }> = {
  id: "view.select",
  label: "Select",
  group: "view",
  enabled: always,
  run: (state, { id }) => {
    const { selected: _, ...view } = state.view;
    return { state: { ...state, view: id === undefined ? view : { ...view, selected: id } } };
  },
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
    return { state: { ...state, view: { ...view, tool: "select" } } };
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
      run: (state) => ({ state: withView(state, { panel }) }),
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

/** The density of the next box for a category, or none. */
export const setHeat: Action<{ readonly label?: string }> = {
  id: "view.heat",
  label: "Density of the next box",
  group: "view",
  enabled: always,
  run: (state, { label }) => {
    const { heat: _, ...view } = state.view;
    return {
      state: { ...state, view: label !== undefined && classIndex(label) >= 0 ? { ...view, heat: label } : view },
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
