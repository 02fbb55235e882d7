import type { ServerResponse } from "node:http";
import { UserError } from "@scenograph/graph/errors";
import { afterEach, expect, test } from "vitest";
import { isPng, readPngHeader } from "../../formats/png.ts";
import { exportScene } from "../index.ts";
import { offCentre } from "../scene.fixture.ts";
import { drawWithComfyui } from "./comfyui.ts";
import { checkedAddress, type Progress } from "./http.ts";
import { drawWithSdwebui } from "./sdwebui.ts";
import { type Contract, comfyContract, json, listen, sdwebuiContract } from "./servers.fixture.ts";
import { fillWorkflow, parseWorkflow } from "./workflow.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
function keep<T extends { close(): Promise<void> }>(server: T): T {
  open.push(server);
  return server;
}

async function workflowOf(variant: string) {
  const { files } = await exportScene(offCentre, variant, { width: 800, height: 400 });
  const [first, ...uploads] = files;
  return { workflow: parseWorkflow(new TextDecoder().decode(first.bytes)), uploads };
}

test.each(["comfyui-gligen", "comfyui-area", "comfyui-mask"])(
  "%s is drawn by a server that refuses what ComfyUI refuses",
  async (variant) => {
    const server = keep(await comfyContract({ polls: 2 }));
    const { workflow, uploads } = await workflowOf(variant);
    const seen: Progress[] = [];
    const png = await drawWithComfyui(server.url, workflow, uploads, { pollMs: 10, onProgress: (p) => seen.push(p) });
    expect(readPngHeader(png)).toMatchObject({ width: 64, height: 32 });
    expect(server.uploads.size).toBe(variant === "comfyui-mask" ? 3 : 0);
    for (const bytes of server.uploads.values()) expect(isPng(bytes)).toBe(true);
    expect(seen.map((p) => p.stage)).toContain("drawing");
    expect(server.calls.at(-1)).toBe("GET /view");
  },
);

/** The one line of what goes wrong. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  return message;
}

test("the contract server refuses: unknown nodes, missing inputs, wrong links, ranges, files", async () => {
  const server = keep(await comfyContract());
  const { workflow } = await workflowOf("comfyui-gligen");
  const draw = (change: (nodes: Record<string, { class_type: string; inputs: Record<string, unknown> }>) => void) => {
    const nodes = structuredClone(workflow) as Record<string, { class_type: string; inputs: Record<string, unknown> }>;
    change(nodes);
    return refusal(drawWithComfyui(server.url, nodes, [], { pollMs: 10 }));
  };
  const at = (nodes: Record<string, { class_type: string }>, type: string) =>
    Object.keys(nodes).find((id) => nodes[id].class_type === type) as string;
  expect(await draw((n) => (n["1"].class_type = "CheckpointLoaderFancy"))).toMatch(
    /refuses the workflow: Cannot execute because node CheckpointLoaderFancy does not exist/,
  );
  expect(await draw((n) => delete n[at(n, "KSampler")].inputs.steps)).toMatch(
    /KSampler \(node \d+\): Required input is missing: steps/,
  );
  expect(await draw((n) => (n[at(n, "KSampler")].inputs.positive = ["1", 0]))).toMatch(
    /Return type mismatch.*positive, MODEL != CONDITIONING/,
  );
  expect(await draw((n) => (n[at(n, "GLIGENTextBoxApply")].inputs.width = 4))).toMatch(
    /Value 4 smaller than min of 8: width/,
  );
  expect(await draw((n) => (n["1"].inputs.ckpt_name = "mine.safetensors"))).toMatch(
    /Value not in list: ckpt_name: 'mine.safetensors' not in/,
  );
  const masks = await workflowOf("comfyui-mask");
  expect(await refusal(drawWithComfyui(server.url, masks.workflow, []))).toMatch(
    /LoadImageMask \(node \d+\).*Invalid image file/,
  );
});

test("failures there become one line", async () => {
  const { workflow } = await workflowOf("comfyui-area");
  const failing = keep(await comfyContract({ fail: "KSampler" }));
  expect(await refusal(drawWithComfyui(failing.url, workflow, [], { pollMs: 10 }))).toMatch(
    /comfyui failed: KSampler \(node 3\): CUDA out of memory/,
  );
  const html = await listen(
    (_, __, response) =>
      void response.writeHead(200, { "content-type": "text/html" }).end("<html><body>router</body></html>"),
  );
  keep({ close: async () => void html.server.close() });
  expect(await refusal(drawWithComfyui(html.url, workflow))).toMatch(/got a web page; is this its address/);
  expect(await refusal(drawWithSdwebui(html.url, offCentre))).toMatch(/got a web page/);
  const old = await listen((_, __, response) => json(response, { hello: 1 }));
  keep({ close: async () => void old.server.close() });
  expect(await refusal(drawWithComfyui(old.url, workflow))).toMatch(/no prompt_id/);
  const moved = await listen(
    (_, __, response) => void response.writeHead(302, { location: "http://192.0.2.1/" }).end(),
  );
  keep({ close: async () => void moved.server.close() });
  expect(await refusal(drawWithComfyui(moved.url, workflow))).toMatch(/another address, which is not followed/);
  expect(await refusal(drawWithComfyui("http://127.0.0.1:1", workflow))).toMatch(/cannot be reached.*is it running/);
  const forgetful = keep(await comfyContract({ forget: true }));
  expect(await refusal(drawWithComfyui(forgetful.url, workflow, [], { pollMs: 5 }))).toMatch(
    /no longer knows the workflow; it was restarted or emptied/,
  );
  const { "1": model, "2": prompt } = workflow;
  expect(await refusal(drawWithComfyui(forgetful.url, { "1": model, "2": prompt }))).toMatch(/Prompt has no outputs/);
});

test("answers that break off, or never end, are given up", async () => {
  const { workflow } = await workflowOf("comfyui-area");
  const answering = async (answer: (response: ServerResponse) => void) => {
    const { server, url } = await listen((_, __, response) => answer(response));
    keep({
      close: async () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return refusal(drawWithComfyui(url, workflow));
  };
  expect(
    await answering((response) => {
      response.writeHead(200, { "content-length": "1000" }).write("{");
      setImmediate(() => response.destroy());
    }),
  ).toMatch(/comfyui cannot be reached \(.+\); is it running/);
  expect(
    await answering((response) => void response.writeHead(200, { "content-length": "10000000000" }).write("{")),
  ).toMatch(/answered with more than 16777216 bytes/);
  let sent = 0;
  const block = Buffer.alloc(2 ** 20, 32);
  expect(
    await answering((response) => {
      const more = () => {
        while (!response.destroyed && response.write(block)) sent++;
        sent++;
      };
      response.writeHead(200).on("drain", more);
      more();
    }),
  ).toMatch(/answered with more than 16777216 bytes/);
  // it was not read on
  expect(sent * block.length).toBeLessThan(2 ** 27);
});

test("a server that hangs is told to stop at the time limit, and when the user cancels", async () => {
  const { workflow } = await workflowOf("comfyui-area");
  const slow = keep(await comfyContract({ hang: true }));
  expect(await refusal(drawWithComfyui(slow.url, workflow, [], { pollMs: 10, limitMs: 300 }))).toMatch(
    /not done within 0\.3 s.*told to stop/,
  );
  expect(slow.calls.at(-1)).toBe("POST /interrupt");
  expect(slow.bodies.at(-1)).toEqual({ prompt_id: "4b1c2d9e-0000-4000-8000-000000000001" });

  const again = keep(await comfyContract({ hang: true }));
  const stop = new AbortController();
  const drawn = drawWithComfyui(again.url, workflow, [], { pollMs: 10, signal: stop.signal });
  setTimeout(() => stop.abort(), 150);
  await expect(drawn).rejects.toMatchObject({ name: "AbortError" });
  expect(again.calls).toContain("POST /interrupt");

  const webui = keep(await sdwebuiContract({ hang: true }));
  expect(await refusal(drawWithSdwebui(webui.url, offCentre, { pollMs: 20, limitMs: 2000 }))).toMatch(
    /sdwebui was not done within 2 s/,
  );
  expect(webui.calls).toContain("POST /sdapi/v1/interrupt");
  expect(webui.calls).toContain("GET /sdapi/v1/progress");
});

test("the SD web UI gets the sentence and the segmentation picture", async () => {
  const server: Contract = keep(await sdwebuiContract());
  const png = await drawWithSdwebui(server.url, offCentre, { width: 256, height: 128, pollMs: 20 });
  expect(readPngHeader(png)).toMatchObject({ width: 256, height: 128 });
  const body = server.bodies.find((b) => (b as { prompt?: string }).prompt !== undefined) as Record<string, unknown>;
  expect(body).toMatchObject({ prompt: offCentre.caption, seed: 7, width: 256, height: 128 });
  const [unit] = (body.alwayson_scripts as { controlnet: { args: Record<string, unknown>[] } }).controlnet.args;
  expect(unit).toMatchObject({ module: "none", model: "control_v11p_sd15_seg [e1f51eb9]" });
  expect(readPngHeader(Buffer.from(String(unit.image), "base64"))).toMatchObject({ width: 256, height: 128 });

  expect(await refusal(drawWithSdwebui(keep(await sdwebuiContract({ models: null })).url, offCentre))).toMatch(
    /no ControlNet extension.*--controlnet none/,
  );
  expect(await refusal(drawWithSdwebui(keep(await sdwebuiContract({ models: ["depth"] })).url, offCentre))).toMatch(
    /no ControlNet model for segmentation, it has depth/,
  );
  expect(await refusal(drawWithSdwebui(server.url, offCentre, { controlnet: "mine" }))).toMatch(
    /no ControlNet model "mine"/,
  );
  const alone = await drawWithSdwebui(server.url, offCentre, { controlnet: "none", width: 64, height: 64 });
  expect(readPngHeader(alone).width).toBe(64);
});

test("only this machine, unless the user says so", () => {
  for (const here of ["http://127.0.0.1:8188", "http://localhost:7860/", "http://[::1]:8188", "http://127.9.9.9"])
    expect(checkedAddress(here)).toMatch(/^http/);
  for (const there of [
    "http://192.168.0.4:8188",
    "https://comfy.example",
    "http://127.0.0.1.example.com",
    "http://localhost.example",
    "http://0.0.0.0:8188",
  ]) {
    expect(() => checkedAddress(there), there).toThrow(/another machine.*--allow-remote/);
    expect(checkedAddress(there, true)).toBe(there);
  }
  for (const bad of ["8188", "ftp://127.0.0.1", "file:///etc/passwd", "", "javascript:alert(1)"])
    expect(() => checkedAddress(bad), bad).toThrow(UserError);
});

test("the user's own workflow: places are filled, unknown ones refused", async () => {
  const workflow = parseWorkflow(
    JSON.stringify({
      "1": { class_type: "CLIPTextEncode", inputs: { text: "photo of {{caption}}, {{ phrases }}", clip: ["2", 1] } },
      "3": { class_type: "KSampler", inputs: { seed: "{{seed}}", steps: 20 } },
      "4": { class_type: "LoadImage", inputs: { image: "{{segmentation}}" } },
      "5": { class_type: "EmptyLatentImage", inputs: { width: "{{width}}", height: "{{height}}", batch_size: 1 } },
    }),
  );
  const {
    workflow: filled,
    uploads,
    places,
  } = await fillWorkflow(workflow, offCentre, { name: "cat", width: 640, height: 320 }, []);
  expect(filled["1"].inputs.text).toBe(`photo of ${offCentre.caption}, a red couch, a cat, a lamp`);
  expect(filled["3"].inputs).toEqual({ seed: 7, steps: 20 });
  expect(filled["5"].inputs).toEqual({ width: 640, height: 320, batch_size: 1 });
  expect(filled["4"].inputs.image).toBe("cat-ade20k.png");
  expect(uploads.map((u) => u.name)).toEqual(["cat-ade20k.png"]);
  expect(places).toBe(6);
  const odd = parseWorkflow('{"1": {"class_type": "X", "inputs": {"text": "{{captain}}"}}}');
  await expect(fillWorkflow(odd, offCentre, {}, [])).rejects.toThrow(/\{\{captain\}\}; did you mean \{\{caption\}\}/);
  await expect(
    fillWorkflow(parseWorkflow('{"1": {"class_type": "X", "inputs": {"image": "{{picture}}"}}}'), offCentre, {}, []),
  ).rejects.toThrow(/the scene has none/);
  expect(() => parseWorkflow('{"nodes": [], "links": []}')).toThrow(/Export \(API\)/);
  for (const bad of ["{", "[]", "{}", '{"1": {}}', "<html>"]) expect(() => parseWorkflow(bad), bad).toThrow(UserError);
});
