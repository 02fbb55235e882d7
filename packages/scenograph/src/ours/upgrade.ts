/** Configurations of earlier versions, in model files, runs and users' own files: keys of ours lay among the paper's. @module */
import { boxesConfig } from "./boxes/index.ts";

type Keys = Record<string, unknown>;

const isMap = (value: unknown): value is Keys => typeof value === "object" && value !== null && !Array.isArray(value);

const BOXES = Object.keys(boxesConfig.shape.ours.unwrap().shape);

/** The same configuration with its keys where they are now; what is no configuration of ours comes back as it is. */
export function upgradeConfig(config: unknown): unknown {
  if (!isMap(config) || !isMap(config.boxes)) return config;
  return { ...config, boxes: moved(config.boxes, BOXES) };
}

/** Keys of `stage` and of its `train` that are named in `keys`, put below `ours`. */
function moved(stage: Keys, keys: readonly string[]): Keys {
  const train = isMap(stage.train) ? stage.train : undefined;
  const of = (from: Keys, isOurs: boolean) =>
    Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key) === isOurs));
  const found = { ...of(stage, true), ...(train && of(train, true)) };
  if (Object.keys(found).length === 0) return stage;
  return {
    ...of(stage, false),
    ...(train && { train: of(train, false) }),
    ours: { ...found, ...(isMap(stage.ours) && stage.ours) },
  };
}
