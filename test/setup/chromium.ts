/** The browser of the browser tests: the machine's own Chromium, without what only costs time. */
import { existsSync } from "node:fs";
import type { LaunchOptions } from "playwright-core";

/** The browser's program; undefined where there is none. */
export const CHROMIUM = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== "" && existsSync(path));

/** Playwright's own, which the same switch would replace, and the address bar's two pages, which cost 2 s of each window. */
const FEATURES_OFF = [
  ..."AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades LensOverlay".split(" "),
  ..."MediaRouter PaintHolding ThirdPartyStoragePartitioning OptimizationHints AimEnabled PreconnectToSearch".split(
    " ",
  ),
  ..."WebUIOmniboxAimPopup WebUIOmniboxPopup".split(" "),
];

export const LAUNCH: LaunchOptions = {
  executablePath: CHROMIUM,
  args: [
    "--no-sandbox",
    `--disable-features=${FEATURES_OFF.join(",")}`,
    // wasm is compiled once and quickly: making it fast again and again takes most of a short visit (webGpu.test.ts does without)
    "--js-flags=--liftoff-only",
  ],
};
