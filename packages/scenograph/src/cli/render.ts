/** `scenograph render`: a running ComfyUI or SD web UI draws the scene; the picture comes back with the scene in it. @module */
import { access, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "@scenograph/graph/errors";
import { exitProcess } from "@scenograph/graph/runtime/spawn.node";
import { Command, Option } from "commander";
import { decodePicture } from "../draw/picture.ts";
import { isPng, readPngHeader } from "../formats/png.ts";
import type { Workflow } from "../interchange/comfyWorkflow.ts";
import { drawWithComfyui, type Upload } from "../interchange/drive/comfyui.ts";
import type { DriveOptions, Progress } from "../interchange/drive/http.ts";
import { drawWithSdwebui } from "../interchange/drive/sdwebui.ts";
import { fillWorkflow, parseWorkflow } from "../interchange/drive/workflow.ts";
import { exportScene, importScene } from "../interchange/index.ts";
import type { ExportOptions } from "../interchange/types.ts";
import { sceneToPng } from "../scene/png.ts";
import type { Scene } from "../scene/scene.ts";
import {
  addExportOptions,
  type ExportFlags,
  type ExportSize,
  exportOptionsOf,
  exportSizeOption,
  inputBytes,
  sidesOf,
} from "./exports.ts";
import { writeWhole } from "./files.ts";
import { numberIn } from "./options.ts";
import { note } from "./session.ts";

const SERVERS = ["comfyui", "sdwebui"] as const;
/** As pictures name them. */
const TITLES = { comfyui: "ComfyUI", sdwebui: "SD web UI" } as const;
const VARIANTS = ["gligen", "area", "mask"] as const;

interface Flags extends ExportFlags {
  readonly with?: readonly string[];
  readonly workflow?: string;
  readonly variant: (typeof VARIANTS)[number];
  readonly controlnet?: string;
  readonly size?: ExportSize;
  readonly out?: string;
  readonly limit: number;
  readonly allowRemote?: true;
}

const HELP = `
Only the address that you name is called, and only on this machine unless --allow-remote is there. Ctrl-C and the time
limit stop the drawing there too.

ComfyUI: --workflow is a workflow saved with Export (API), yours or one of layout --format comfyui-gligen. Places in its
texts are filled: {{caption}} {{negative}} {{phrases}} {{seed}} {{width}} {{height}} {{ideogram}} {{boxes}} {{omost}}, and
{{segmentation}} {{segmentation-coco}} {{picture}}, which are uploaded; masks that lie beside the file are uploaded too.
Without --workflow it is made, by --variant. SD web UI: started with --api, with ControlNet and a segmentation model.

Examples:
  scenograph render out/a-cat.scene.json --with comfyui http://127.0.0.1:8188 --checkpoint sd15.safetensors
  scenograph render out/a-cat.png --with comfyui http://127.0.0.1:8188 --workflow mine.json
  scenograph render out/a-cat.scene.json --with sdwebui http://127.0.0.1:7860 --size 768x512 --out cat.png`;

export function renderCommand(): Command {
  const command = new Command("render")
    .description("let a running ComfyUI or Stable Diffusion web UI draw a scene")
    .argument("[scene]", "a scene.json, or a picture made by Scenograph")
    .option("--with <server address...>", "comfyui or sdwebui, and its address")
    .option("--workflow <file>", "of ComfyUI's interface (Export (API))")
    .addOption(new Option("--variant <kind>", "of the workflow that is made").choices([...VARIANTS]).default("area"))
    .option(
      "--controlnet <model>",
      'of the SD web UI (default: its first for segmentation; "none": the sentence alone)',
    )
    .option("--size <pixels>", "of the picture: 512 (the longer side) or 768x512", exportSizeOption)
    .option("-o, --out <file>", "PNG (default: beside the scene, named after the server)")
    .option("--limit <seconds>", "time for everything", numberIn("--limit", 0.1, 86_400), 600)
    .option("--allow-remote", "call another machine");
  return addExportOptions(command).addHelpText("after", HELP).action(run);
}

async function run(given: string | undefined, flags: Flags): Promise<void> {
  const [server, address, ...rest] = flags.with ?? [];
  // --with takes all words up to the next option
  const file = given ?? rest.shift();
  if (!isServer(server) || address === undefined || rest.length > 0)
    throw new UserError(
      `render: --with is a server and its address, got ${JSON.stringify((flags.with ?? []).join(" ").slice(0, 80))}; write --with comfyui http://127.0.0.1:8188 or --with sdwebui http://127.0.0.1:7860`,
    );
  if (file === undefined)
    throw new UserError("render: needs a scene, got none; for example: scenograph render a.scene.json --with ...");
  const bytes = await inputBytes("render", file);
  const { scene, notes } = importScene(bytes, isPng(bytes) ? "scene-png" : "scene");
  for (const line of notes) note(`${file}: ${line}`);
  const name = basename(file)
    .replace(/\.png$|\.json$/, "")
    .replace(/\.scene$/, "");
  const picture = isPng(bytes) ? await decodePicture(bytes) : undefined;
  const options: ExportOptions = {
    name,
    ...exportOptionsOf(flags),
    ...sidesOf(flags.size, scene),
    ...(picture && { picture }),
  };
  const png = await withSignal(async (drive) => {
    if (server === "sdwebui") {
      const said: string[] = [];
      const { controlnet } = flags;
      const drawn = await drawWithSdwebui(
        address,
        scene,
        { ...options, ...drive, ...(controlnet && { controlnet }) },
        said,
      );
      for (const line of said) note(line);
      return drawn;
    }
    const { workflow, uploads } = await workflowOf(scene, flags, options);
    return drawWithComfyui(address, workflow, uploads, drive);
  }, flags);
  const out = flags.out ?? join(dirname(file), `${name}.${server}.png`);
  const { width, height } = readPngHeader(png);
  await writeWhole(out, sceneToPng(png, { ...scene, width, height }, TITLES[server]));
  process.stdout.write(`${out}\n`);
}

function isServer(name: string | undefined): name is (typeof SERVERS)[number] {
  return SERVERS.some((s) => s === name);
}

async function workflowOf(
  scene: Scene,
  flags: Flags,
  options: ExportOptions,
): Promise<{ workflow: Workflow; uploads: readonly Upload[] }> {
  const said: string[] = [];
  if (flags.workflow === undefined) {
    const { files, notes } = await exportScene(scene, `comfyui-${flags.variant}`, options);
    const [first, ...masks] = files;
    for (const line of notes) note(line);
    return { workflow: parseWorkflow(new TextDecoder().decode(first.bytes)), uploads: masks };
  }
  const parsed = parseWorkflow(new TextDecoder().decode(await inputBytes("render", flags.workflow)));
  const { workflow, uploads, places } = await fillWorkflow(parsed, scene, options, said);
  for (const line of said) note(line);
  const beside = await besides(workflow, dirname(flags.workflow));
  if (places === 0 && beside.length === 0) note(`${flags.workflow}: it has no place like {{caption}}: sent as it is`);
  return { workflow, uploads: [...uploads, ...beside] };
}

/** Pictures that the workflow loads and that lie beside it. */
async function besides(workflow: Workflow, folder: string): Promise<Upload[]> {
  const found: Upload[] = [];
  for (const { class_type, inputs } of Object.values(workflow)) {
    const { image } = inputs;
    if (!/^LoadImage(?:Mask)?$/.test(class_type) || typeof image !== "string" || image !== basename(image)) continue;
    const path = join(folder, image);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there && !found.some((u) => u.name === image)) found.push({ name: image, bytes: await readFile(path) });
  }
  return found;
}

/** Runs `work` with the options of the flags; Ctrl-C stops it, a second one at once. */
async function withSignal<T>(work: (options: DriveOptions) => Promise<T>, flags: Flags): Promise<T> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return void exitProcess(130);
    stop.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work({
      signal: stop.signal,
      limitMs: flags.limit * 1000,
      onProgress: progressLine(),
      ...(flags.allowRemote && { allowRemote: true }),
    });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** A line on stderr for each change that people want to see. */
function progressLine(): (progress: Progress) => void {
  let last = "";
  return ({ stage, share, ahead }) => {
    const line =
      share === undefined
        ? `${stage}${ahead ? `, ${ahead} before it` : ""}`
        : `${stage}, ${Math.floor(share * 10) * 10} %`;
    if (line !== last) process.stderr.write(`${line}\n`);
    last = line;
  };
}
