/**
 * `npm run bench:exports`: what writing a scene in each format takes, as a table of Markdown. The scene has twelve things with masks
 * of 256 x 256. Formats without a picture at their own default size (bar: 20 ms where they hold no pixels); those that hold one,
 * again with it at 1024 x 1024 (bar for layered files: 1 s). "first" is the first call in the process, of which compiling is a part;
 * the rest are medians in ms of wall time, and of processor time, which counts on a machine with other work.
 *
 *   npm run bench:exports -- [--runs 9] [--side 1024] [--only svg,ora]
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type ExportOptions, exportScene, FORMATS, scenograph } from "scenograph";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "9" },
    side: { type: "string", default: "1024" },
    only: { type: "string", default: "" },
  },
});
const SENTENCE = "five people, two dogs and three umbrellas on the beach next to a boat and a bench";

interface Measured {
  readonly first: number;
  readonly ms: number;
  readonly cpu: number;
  readonly kilobytes: number;
  /** Whether no file of it holds pixels. */
  readonly textual: boolean;
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

async function main(): Promise<void> {
  const draw = await scenograph("illustrated");
  const { scene, picture } = await draw(SENTENCE, { seed: 0 });
  await draw.close();
  const measure = async (format: string, options: ExportOptions): Promise<Measured> => {
    const [walls, cpu]: [number[], number[]] = [[], []];
    let bytes = 0;
    let textual = true;
    for (let run = 0; run <= Number(values.runs); run++) {
      const before = process.cpuUsage();
      const start = performance.now();
      const { files } = await exportScene(scene, format, options);
      walls.push(performance.now() - start);
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1000);
      bytes = files.reduce((sum, f) => sum + f.bytes.length, 0);
      textual = files.every(({ mime }) => !/png|openraster|photoshop/.test(mime));
    }
    const [first, ...rest] = walls;
    return { first, ms: median(rest), cpu: median(cpu.slice(1)), kilobytes: bytes / 1024, textual };
  };
  const side = Number(values.side);
  const only = values.only.split(",").filter(Boolean);
  const formats = FORMATS.filter((f) => f.write && (only.length === 0 || only.includes(f.name)));
  const rows: string[] = [];
  let missed = 0;
  const row = (format: string, what: string, bar: number, m: Measured) => {
    if (m.ms > bar) missed++;
    const shown = [m.first, m.ms, m.cpu].map((v) => v.toFixed(v < 10 ? 2 : 0));
    rows.push(`| \`${format}\` | ${what} | ${shown.join(" | ")} | ${m.kilobytes.toFixed(0)} |`);
  };
  for (const { name } of formats) {
    const bare = await measure(name, {});
    row(name, "no picture", bare.textual ? 20 : Number.POSITIVE_INFINITY, bare);
  }
  for (const { name, wants } of formats)
    if (wants === "picture" || name === "svg" || name === "invokeai") {
      const bar = ["ora", "psd", "cutouts"].includes(name) ? 1000 : Number.POSITIVE_INFINITY;
      row(
        name,
        `${side} x ${side}`,
        bar,
        await measure(name, { width: side, height: side, ...(picture && { picture }) }),
      );
    }
  const load = loadavg()[0].toFixed(1);
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.version.slice(1)}, load average ${load}, ${scene.objects.length} things, ${values.runs} runs\n\n| format | what | first | ms | processor | KB |\n|---|---|---|---|---|---|\n${rows.join("\n")}\n\n${missed} over their bar\n`,
  );
  if (missed > 0) process.exitCode = 1;
}

await main();
