/** The packages as they are published, and the examples on them: nothing here runs from source. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { chromium } from "playwright-core";
import { scenograph } from "scenograph";
import { decodePicture } from "scenograph/draw/picture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, LAUNCH } from "./setup/chromium.ts";

const root = new URL("..", import.meta.url).pathname;
const MB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "scenograph-packages-"));
/** Names of the files in each package's tarball, and its size. */
const packed = new Map<string, { files: string[]; size: number }>();

beforeAll(async () => {
  for (const name of ["graph", "scenograph"]) {
    rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true });
    await run(process.execPath, [
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      join("packages", name, "tsconfig.build.json"),
    ]);
  }
  for (const name of ["graph", "scenograph", "node"]) {
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [report] = JSON.parse(await run("npm", args, join(root, "packages", name))) as [
      { filename: string; size: number; files: { path: string }[]; name: string },
    ];
    packed.set(name, { size: report.size, files: report.files.map((f) => f.path) });
    const into = join(folder, "node_modules", report.name);
    mkdirSync(into, { recursive: true });
    await run("tar", ["-xzf", join(folder, report.filename), "-C", into, "--strip-components=1"]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: string, args: readonly string[], cwd = root): Promise<string> {
  const { code, stdout, stderr } = await ran(command, args, cwd);
  if (code !== 0)
    throw new Error(`${command} ${args.join(" ")}: exit code ${code}
${stdout}
${stderr}`);
  return stdout;
}

function ran(command: string, args: readonly string[], cwd: string) {
  return new Promise<{ code: number | string; stdout: string; stderr: string }>((done) => {
    execFile(command, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done({ code: error ? (error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

/** An example with the packed packages, and of other packages only those that it and they declare. */
function exampleIn(name: string): string {
  const at = join(folder, name);
  cpSync(join(root, "examples", name), at, { recursive: true });
  const modules = join(at, "node_modules");
  cpSync(join(folder, "node_modules"), modules, { recursive: true });
  const manifest = (file: string) => JSON.parse(readFileSync(join(file, "package.json"), "utf8"));
  const { dependencies, devDependencies } = manifest(at);
  const wanted = { ...dependencies, ...devDependencies, ...manifest(join(modules, "scenograph")).dependencies };
  for (const dependency of Object.keys(wanted)) {
    const link = join(modules, dependency);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", dependency), link);
  }
  return at;
}

test("tarballs hold what was compiled, no tests, no models, and are small", () => {
  for (const { files, size } of packed.values()) {
    expect(files.filter((f) => /\.(test|fixture)\.|\/models\/|\.ts$/.test(f) && !f.endsWith(".d.ts"))).toEqual([]);
    expect(files).toContain("LICENSE");
    expect(size).toBeLessThan(5 * MB);
  }
  expect(packed.get("scenograph")?.files).toEqual(
    expect.arrayContaining(["dist/index.js", "dist/web.js", "bin/cli.mjs"]),
  );
});

test("the library brings no package but the engine and zod: no native one, no server, no web assets", () => {
  const { dependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(folder, "node_modules/scenograph/package.json"), "utf8"),
  );
  expect(Object.keys(dependencies).sort()).toEqual(["@scenograph/graph", "zod"]);
  expect(Object.values(peerDependenciesMeta)).toSatisfy((all: { optional: boolean }[]) => all.every((m) => m.optional));
});

test("the Node example draws the bytes that the source draws", async () => {
  const at = exampleIn("node");
  const model = join(root, "models/illustrated");
  const printed = await run(process.execPath, ["index.mjs", "a cat on a sofa", "7", model], at);
  const draw = await scenograph("illustrated");
  const scene = await draw("a cat on a sofa", { seed: 7 });
  expect(
    printed
      .trim()
      .split("\n")
      .map((line) => line.replace(/( [\d.]+){4}$/, "")),
  ).toEqual(scene.objects.map((o) => o.label));
  const { data } = await decodePicture(readFileSync(join(at, "scene.png")));
  const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  expect(hash(data)).toBe(hash(scene.picture?.data as Uint8Array));
  expect(readdirSync(at)).toEqual(expect.arrayContaining(["scene.json"]));
  await draw.close();
});

test("without the engine's package the library says which one to install", async () => {
  const at = exampleIn("node");
  rmSync(join(at, "node_modules/onnxruntime-node"), { force: true });
  const { code, stderr } = await ran(
    process.execPath,
    ["index.mjs", "a cat", "1", join(root, "models/illustrated")],
    at,
  );
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /needs the package onnxruntime-node, which is not installed; run: npm install onnxruntime-node/,
  );
  const cli = await ran(process.execPath, ["node_modules/scenograph/bin/scenograph.mjs", "--help"], at);
  expect(cli.code).toBe(2);
  expect(cli.stderr).toBe(
    "scenograph: the command line needs the package commander, which is not installed; run: npm install @scenograph/node\n",
  );
});

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

describe.skipIf(!CHROMIUM)("the Vite example", () => {
  let server: Server;
  let built: string;
  const asked: string[] = [];
  beforeAll(async () => {
    const at = exampleIn("vite");
    cpSync(join(root, "models/illustrated"), join(at, "public/models/illustrated"), { recursive: true });
    await run(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], at);
    built = join(at, "dist");
    server = createServer((request, response) => {
      const path = (request.url ?? "/").split("?")[0];
      asked.push(path);
      const file = join(built, path === "/" ? "index.html" : path);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      response.end(readFileSync(file));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(() => new Promise((done) => server.close(done).closeAllConnections()));

  test("loads one engine file, and shows a picture in Chromium", async () => {
    const assets = readdirSync(join(built, "assets"));
    const script = assets.filter((f) => f.endsWith(".js")).map((f) => statSync(join(built, "assets", f)).size);
    expect(script.reduce((a, b) => a + b, 0)).toBeLessThan(MB);

    const browser = await chromium.launch(LAUNCH);
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.getByText("ready").waitFor();
      await page.getByRole("button", { name: "Draw" }).click();
      await page.getByText("drawn").waitFor();
      const { width, colours } = await page.evaluate(async () => {
        const image = document.querySelector("img") as HTMLImageElement;
        await image.decode();
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
        context.drawImage(image, 0, 0);
        const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        return { width: image.naturalWidth, colours: new Set(pixels).size };
      });
      expect(width).toBe(128);
      expect(colours).toBeGreaterThan(1000);
      expect(await page.locator("option").allTextContents()).toEqual(expect.arrayContaining(["person", "horse"]));
      await page.getByLabel("Sentence").fill("");
      await page.getByRole("button", { name: "Draw" }).click();
      await page.getByText("needs a sentence, got none").waitFor();
      expect(asked.filter((f) => f.endsWith(".wasm"))).toHaveLength(1);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
