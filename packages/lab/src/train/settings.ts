/** Where a trained stage's settings are in the configuration: the paper's stages at the top, our own under `ours`. @module */
import type { Config } from "./config.ts";
import type { TrainedStage } from "./tasks/index.ts";

export interface StageSettings {
  readonly train: { readonly steps: number };
}

/** The settings of a stage. */
export function stageSettings(config: Config, stage: TrainedStage): StageSettings {
  return isOurs(config, stage) ? config.ours[stage] : config[stage as Exclude<TrainedStage, keyof Config["ours"]>];
}

/** The configuration with other settings of a stage. */
export function withSettings(config: Config, stage: TrainedStage, settings: StageSettings): Config {
  return (
    isOurs(config, stage)
      ? { ...config, ours: { ...config.ours, [stage]: settings } }
      : { ...config, [stage]: settings }
  ) as Config;
}

function isOurs(config: Config, stage: string): stage is keyof Config["ours"] {
  return stage in config.ours;
}
