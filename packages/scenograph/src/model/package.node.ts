/** Where this package lies. @module */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `models` and `configs`: in the repository its root, installed this package. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "scenograph") {
      const root = join(folder, "..", "..");
      return existsSync(join(root, "packages", "scenograph", "package.json")) ? root : folder;
    }
    if (dirname(folder) === folder) throw new Error("packageFolder(): the program lies in no package");
    folder = dirname(folder);
  }
}
