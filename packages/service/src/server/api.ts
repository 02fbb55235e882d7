/**
 * Every route: address, body, answer. The server validates with it, the client takes its types from it, the OpenAPI
 * document is written from it. Runs in a browser.
 * @module
 */
import type { z } from "zod";
import * as compat from "./compat.ts";
import * as s from "./schemas.ts";

export interface Route {
  readonly method: "get" | "post" | "delete";
  /** With parameters as ":id". */
  readonly path: string;
  readonly tag: "native" | "jobs" | "openai" | "stable diffusion web ui" | "operations";
  readonly summary: string;
  readonly body?: z.ZodType;
  /** JSON answer. */
  readonly answer?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  readonly media?: string;
  readonly status?: 200 | 202;
  /** Names of parameters of the query, with what they mean. */
  readonly query?: Readonly<Record<string, string>>;
  /** What it takes besides, each with refusals of its own: a model's computation, the store of results, the queue. */
  readonly uses?: readonly ("engine" | "model" | "store" | "queue")[];
  /** Further refusals, by status. */
  readonly refusals?: Readonly<Record<number, string>>;
  /** Answers before the guard: no Host or Origin is refused. */
  readonly unguarded?: true;
  /** Needs no API key. */
  readonly open?: true;
}

const route = <const R extends Route>(r: R): R => r;

export const ROUTES = {
  models: route({
    method: "get",
    path: "/v1/models",
    tag: "native",
    summary: "The models, the default one first",
    answer: s.modelList,
  }),
  model: route({
    method: "get",
    path: "/v1/models/:id",
    tag: "native",
    summary: "One model",
    answer: s.modelFacts,
  }),
  sentence: route({
    method: "post",
    path: "/v1/sentences",
    tag: "native",
    summary: "The words of a sentence as the model reads them, and the categories it names",
    body: s.sentenceRequest,
    answer: s.sentence,
    uses: ["engine", "model"],
  }),
  scene: route({
    method: "post",
    path: "/v1/scenes",
    tag: "native",
    summary: "A sentence becomes labelled boxes, around fixed objects if there are any",
    body: s.sceneRequest,
    answer: s.inference,
    uses: ["engine", "model"],
  }),
  next: route({
    method: "post",
    path: "/v1/scenes/next",
    tag: "native",
    summary: "The distribution of the next object, given a sentence and the objects so far",
    body: s.nextRequest,
    answer: s.next,
    uses: ["engine", "model"],
  }),
  masks: route({
    method: "post",
    path: "/v1/scenes/masks",
    tag: "native",
    summary: "Boxes become masks; locked objects that have one keep it",
    body: s.masksRequest,
    answer: s.inference,
    uses: ["engine", "model"],
  }),
  render: route({
    method: "post",
    path: "/v1/scenes/render",
    tag: "native",
    summary: "Masks and sentence become a picture",
    body: s.renderRequest,
    answer: s.inference,
    uses: ["engine", "model", "store"],
  }),
  infer: route({
    method: "post",
    path: "/v1/scenes/infer",
    tag: "native",
    summary: "Any stretch of the pipeline in one request, with progress if asked",
    body: s.inferRequest,
    answer: s.inference,
    uses: ["engine", "model", "store"],
  }),
  export: route({
    method: "post",
    path: "/v1/export",
    tag: "native",
    summary: "A scene for another program: Ideogram, ComfyUI, InvokeAI, GLIGEN, ControlNet, PSD, OpenRaster, SVG, ...",
    body: s.exportRequest,
    answer: s.exported,
  }),
  picture: route({
    method: "get",
    path: "/v1/pictures/:id",
    tag: "native",
    summary: "A picture by the address that an answer gave",
    media: "image/png",
    open: true,
    uses: ["store"],
  }),
  createJob: route({
    method: "post",
    path: "/v1/jobs",
    tag: "jobs",
    summary: "Sentences or a scene through the pipeline, in the background",
    body: s.jobRequest,
    answer: s.job,
    status: 202,
    uses: ["model", "queue"],
  }),
  jobs: route({
    method: "get",
    path: "/v1/jobs",
    tag: "jobs",
    summary: "The caller's jobs, the latest first",
    query: { limit: "At most so many, 1 to 100; left out: 20" },
    answer: s.jobList,
    uses: ["queue"],
  }),
  job: route({
    method: "get",
    path: "/v1/jobs/:id",
    tag: "jobs",
    summary: "Where a job stands",
    answer: s.job,
    uses: ["queue"],
  }),
  jobEvents: route({
    method: "get",
    path: "/v1/jobs/:id/events",
    tag: "jobs",
    summary: 'Server-sent events: "progress" with the job at each change, then "done", "failed" or "cancelled"',
    media: "text/event-stream",
    uses: ["queue"],
  }),
  cancelJob: route({
    method: "delete",
    path: "/v1/jobs/:id",
    tag: "jobs",
    summary: "Cancel a job that waits or runs",
    answer: s.cancelled,
    uses: ["queue"],
  }),
  jobScene: route({
    method: "get",
    path: "/v1/results/:id",
    tag: "jobs",
    summary: "A scene by the address that a job gave",
    answer: s.scene,
    open: true,
    uses: ["store"],
  }),
  images: route({
    method: "post",
    path: "/v1/images/generations",
    tag: "openai",
    summary: "Pictures from a sentence, in the shape of OpenAI's interface",
    body: compat.imagesRequest,
    answer: compat.imagesAnswer,
    uses: ["engine", "model", "store"],
  }),
  txt2img: route({
    method: "post",
    path: "/sdapi/v1/txt2img",
    tag: "stable diffusion web ui",
    summary: "Pictures from a sentence, in the shape of the web UI",
    body: compat.txt2imgRequest,
    answer: compat.txt2imgAnswer,
    refusals: { 409: "Interrupted by /sdapi/v1/interrupt" },
    uses: ["engine", "model"],
  }),
  img2img: route({
    method: "post",
    path: "/sdapi/v1/img2img",
    tag: "stable diffusion web ui",
    summary: "A picture that carries its scene is drawn anew",
    body: compat.img2imgRequest,
    answer: compat.txt2imgAnswer,
    refusals: { 409: "Interrupted by /sdapi/v1/interrupt" },
    uses: ["engine", "model"],
  }),
  pngInfo: route({
    method: "post",
    path: "/sdapi/v1/png-info",
    tag: "stable diffusion web ui",
    summary: "What a PNG carries",
    body: compat.pngInfoRequest,
    answer: compat.pngInfoAnswer,
  }),
  progress: route({
    method: "get",
    path: "/sdapi/v1/progress",
    tag: "stable diffusion web ui",
    summary: "Of the caller's oldest txt2img that runs",
    answer: compat.progressAnswer,
  }),
  interrupt: route({
    method: "post",
    path: "/sdapi/v1/interrupt",
    tag: "stable diffusion web ui",
    summary: "Cancel the caller's txt2img",
    answer: compat.optionsBody,
  }),
  sdOptions: route({
    method: "get",
    path: "/sdapi/v1/options",
    tag: "stable diffusion web ui",
    summary: "Settings",
    answer: compat.optionsBody,
  }),
  sdSetOptions: route({
    method: "post",
    path: "/sdapi/v1/options",
    tag: "stable diffusion web ui",
    summary: "Change the caller's settings: sd_model_checkpoint, samples_format",
    body: compat.optionsBody,
    answer: compat.nothing,
    uses: ["model"],
  }),
  sdModels: route({
    method: "get",
    path: "/sdapi/v1/sd-models",
    tag: "stable diffusion web ui",
    summary: "The models",
    answer: compat.anyList,
  }),
  samplers: route({
    method: "get",
    path: "/sdapi/v1/samplers",
    tag: "stable diffusion web ui",
    summary: "The one way of sampling there is",
    answer: compat.anyList,
  }),
  loras: route({
    method: "get",
    path: "/sdapi/v1/loras",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  upscalers: route({
    method: "get",
    path: "/sdapi/v1/upscalers",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  sdVae: route({
    method: "get",
    path: "/sdapi/v1/sd-vae",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  schedulers: route({
    method: "get",
    path: "/sdapi/v1/schedulers",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  hypernetworks: route({
    method: "get",
    path: "/sdapi/v1/hypernetworks",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  promptStyles: route({
    method: "get",
    path: "/sdapi/v1/prompt-styles",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  latentUpscaleModes: route({
    method: "get",
    path: "/sdapi/v1/latent-upscale-modes",
    tag: "stable diffusion web ui",
    summary: "An empty list: there are none",
    answer: compat.anyList,
  }),
  embeddings: route({
    method: "get",
    path: "/sdapi/v1/embeddings",
    tag: "stable diffusion web ui",
    summary: "Textual inversions: none",
    answer: compat.optionsBody,
  }),
  cmdFlags: route({
    method: "get",
    path: "/sdapi/v1/cmd-flags",
    tag: "stable diffusion web ui",
    summary: "How the server was started",
    answer: compat.optionsBody,
  }),
  scripts: route({
    method: "get",
    path: "/sdapi/v1/scripts",
    tag: "stable diffusion web ui",
    summary: "Scripts by kind: none",
    answer: compat.optionsBody,
  }),
  memory: route({
    method: "get",
    path: "/sdapi/v1/memory",
    tag: "stable diffusion web ui",
    summary: "Memory of the process in bytes",
    answer: compat.optionsBody,
  }),
  health: route({
    method: "get",
    path: "/healthz",
    tag: "operations",
    summary: "200 while the process answers",
    answer: s.health,
    open: true,
    unguarded: true,
  }),
  ready: route({
    method: "get",
    path: "/readyz",
    tag: "operations",
    summary: "200 when requests are served at full speed; 503 while warming up or draining",
    answer: s.health,
    open: true,
    refusals: { 503: "Warming up, draining, or the store of results does not work" },
    unguarded: true,
  }),
  metrics: route({
    method: "get",
    path: "/metrics",
    tag: "operations",
    summary: "Prometheus metrics",
    media: "text/plain",
    open: true,
    refusals: { 401: "No valid API key" },
  }),
  openapi: route({
    method: "get",
    path: "/openapi.json",
    tag: "operations",
    summary: "This document",
    media: "application/json",
    open: true,
  }),
  docs: route({
    method: "get",
    path: "/docs",
    tag: "operations",
    summary: "The routes, for people",
    media: "text/html",
    open: true,
  }),
} as const;

export type RouteName = keyof typeof ROUTES;
/** What a caller sends. */
export type BodyOf<N extends RouteName> = (typeof ROUTES)[N] extends { readonly body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;
/** What the server reads: defaults filled in. */
export type ParsedOf<N extends RouteName> = (typeof ROUTES)[N] extends { readonly body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;
export type AnswerOf<N extends RouteName> = (typeof ROUTES)[N] extends { readonly answer: infer A extends z.ZodType }
  ? z.output<A>
  : never;
