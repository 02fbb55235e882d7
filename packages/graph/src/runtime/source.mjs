// Runs packages from source: TypeScript through tsx, and packages of this repository by their "source" condition.
import { register as registerHooks } from "node:module";
import { register } from "tsx/esm/api";

register();
const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: ["source", ...context.conditions] });`;
registerHooks(`data:text/javascript,${encodeURIComponent(hooks)}`);
