/** The ideas of our own beside the paper, all off by default; each is a folder of its own here. @module */
import { z } from "zod";
import { looksConfig } from "./looks/config.ts";
import { posesConfig } from "./poses/config.ts";
import { priorsConfig } from "./priors/config.ts";

export const oursConfig = z.strictObject({
  /** Pose codes: one discrete code an object says which silhouette it has. */
  poses: posesConfig.prefault({}),
  /** Look codes: one discrete code an object says how it looks, one colour what it is painted. */
  looks: looksConfig.prefault({}),
  /** Priors of pose, look and colour: what sentence, box and neighbours say of the codes. */
  priors: priorsConfig.prefault({}),
});

export type OursConfig = z.infer<typeof oursConfig>;
