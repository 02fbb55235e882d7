/**
 * Contract servers: what the interfaces of ComfyUI (server.py, d4b50979) and of the SD web UI (modules/api, 008a8e75, and ControlNet's
 * api.py) answer and refuse, written from their sources. They draw nothing: the picture says where the layout was.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { writePng } from "../../formats/pngWrite.ts";
import { validatePrompt } from "./comfyNodes.fixture.ts";

export interface Contract {
  readonly url: string;
  /** "POST /prompt" and the like, in order. */
  readonly calls: string[];
  /** Bodies of POST requests with JSON, in order. */
  readonly bodies: unknown[];
  readonly uploads: Map<string, Uint8Array>;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse, url: URL) => Promise<void> | void;

export async function listen(handler: Handler): Promise<{ server: Server; url: string; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://x");
    calls.push(`${request.method} ${url.pathname}`);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    await handler(request, Buffer.concat(parts), response, url);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

export interface ComfyOptions {
  /** Questions of /history before it is there; never where left out and `hang`. */
  readonly polls?: number;
  readonly hang?: boolean;
  /** As after a restart: neither queue nor history know what was sent. */
  readonly forget?: boolean;
  /** An execution_error of this node. */
  readonly fail?: string;
  readonly size?: readonly [number, number];
}

export async function comfyContract(options: ComfyOptions = {}): Promise<Contract> {
  const { polls = 1, hang, forget, fail, size = [64, 32] } = options;
  const uploads = new Map<string, Uint8Array>();
  const bodies: unknown[] = [];
  let left = polls;
  let state: "none" | "running" | "interrupted" = "none";
  const id = "4b1c2d9e-0000-4000-8000-000000000001";
  const picture = await writePng({
    width: size[0],
    height: size[1],
    channels: 3,
    data: new Uint8Array(size[0] * size[1] * 3).fill(90),
  });
  const { server, url, calls } = await listen((request, body, response, at) => {
    const path = `${request.method} ${at.pathname}`;
    if (path === "POST /upload/image") {
      const text = body.toString("latin1");
      const name = /name="image"; filename="([^"]+)"/.exec(text)?.[1];
      if (!name) return void response.writeHead(400).end();
      const start = text.indexOf("\r\n\r\n", text.indexOf('name="image"')) + 4;
      uploads.set(name, new Uint8Array(body.subarray(start, text.indexOf("\r\n--", start))));
      return json(response, { name, subfolder: "", type: "input" });
    }
    if (request.method === "POST" && body.length > 0) bodies.push(JSON.parse(body.toString()));
    if (path === "POST /prompt") {
      const { prompt } = bodies.at(-1) as {
        prompt?: Record<string, { class_type: string; inputs: Record<string, unknown> }>;
      };
      if (!prompt) return json(response, { error: "no prompt", node_errors: [] }, 400);
      const { error, nodeErrors } = validatePrompt(prompt, {
        checkpoints: ["v1-5-pruned-emaonly.safetensors", "sd15.safetensors"],
        gligen: ["gligen_sd14_textbox_pruned.safetensors"],
        input: [...uploads.keys()],
      });
      if (error) return json(response, { error, node_errors: nodeErrors }, 400);
      state = "running";
      return json(response, { prompt_id: id, number: 0, node_errors: {} });
    }
    if (path === `GET /history/${id}`) {
      if (state === "interrupted")
        return json(response, {
          [id]: {
            outputs: {},
            status: { status_str: "error", completed: false, messages: [["execution_interrupted", {}]] },
          },
        });
      if (hang || forget || left-- > 0) return json(response, {});
      if (fail) {
        const facts = { node_id: "3", node_type: fail, exception_message: "CUDA out of memory" };
        return json(response, {
          [id]: {
            outputs: {},
            status: { status_str: "error", completed: false, messages: [["execution_error", facts]] },
          },
        });
      }
      const images = [{ filename: "scenograph_00001_.png", subfolder: "", type: "output" }];
      return json(response, {
        [id]: { outputs: { "9": { images } }, status: { status_str: "success", completed: true, messages: [] } },
      });
    }
    if (path === "GET /queue")
      return json(response, {
        queue_running: state === "running" && !forget ? [[0, id, {}, {}, []]] : [],
        queue_pending: [],
      });
    if (path === "POST /interrupt") {
      state = "interrupted";
      return void response.writeHead(200).end();
    }
    if (path === "POST /queue") return void response.writeHead(200).end();
    if (
      path === "GET /view" &&
      at.searchParams.get("filename") === "scenograph_00001_.png" &&
      at.searchParams.get("type") === "output"
    )
      return void response.writeHead(200, { "content-type": "image/png" }).end(picture);
    response.writeHead(404).end("404: Not Found");
  });
  return { url, calls, bodies, uploads, close: () => stop(server) };
}

export interface SdwebuiContractOptions {
  readonly models?: readonly string[] | null;
  readonly hang?: boolean;
}

export async function sdwebuiContract({
  models = ["control_v11p_sd15_canny [d14c016b]", "control_v11p_sd15_seg [e1f51eb9]"],
  hang,
}: SdwebuiContractOptions = {}): Promise<Contract> {
  const bodies: unknown[] = [];
  const { server, url, calls } = await listen(async (request, body, response, at) => {
    const path = `${request.method} ${at.pathname}`;
    if (request.method === "POST" && body.length > 0) bodies.push(JSON.parse(body.toString()));
    if (path === "GET /controlnet/model_list" && models) return json(response, { model_list: models });
    if (path === "GET /sdapi/v1/progress")
      return json(response, { progress: 0.4, eta_relative: 1, state: {}, current_image: null, textinfo: null });
    if (path === "POST /sdapi/v1/interrupt") return json(response, {});
    if (path === "POST /sdapi/v1/txt2img") {
      const asked = bodies.at(-1) as Record<string, unknown>;
      // pydantic's refusal: 422 with what it wanted
      for (const [field, type] of Object.entries({
        prompt: "string",
        negative_prompt: "string",
        seed: "number",
        steps: "number",
        cfg_scale: "number",
        width: "number",
        height: "number",
      }))
        if (typeof asked[field] !== type)
          return json(
            response,
            { detail: [{ loc: ["body", field], msg: `value is not a valid ${type}`, type: "type_error" }] },
            422,
          );
      const scripts = (asked.alwayson_scripts ?? {}) as Record<string, { args?: Record<string, unknown>[] }>;
      for (const [name, { args }] of Object.entries(scripts)) {
        if (name.toLowerCase() !== "controlnet" || !models)
          return json(response, { detail: `always on script ${name} not found` }, 422);
        for (const unit of args ?? [])
          if (!models.includes(String(unit.model)))
            return json(response, { detail: `model not found: ${unit.model}` }, 500);
      }
      if (hang) return;
      await new Promise((done) => setTimeout(done, 60));
      const [width, height] = [Number(asked.width), Number(asked.height)];
      const picture = await writePng({
        width,
        height,
        channels: 3,
        data: new Uint8Array(width * height * 3).fill(120),
      });
      return json(response, { images: [Buffer.from(picture).toString("base64")], parameters: {}, info: "{}" });
    }
    json(response, { detail: "Not Found" }, 404);
  });
  return { url, calls, bodies, uploads: new Map(), close: () => stop(server) };
}
