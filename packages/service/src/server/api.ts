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
  }),
  scene: route({
    method: "post",
    path: "/v1/scenes",
    tag: "native",
    summary: "A sentence becomes labelled boxes, around fixed objects if there are any",
    body: s.sceneRequest,
    answer: s.inference,
  }),
  next: route({
    method: "post",
    path: "/v1/scenes/next",
    tag: "native",
    summary: "The distribution of the next object, given a sentence and the objects so far",
    body: s.nextRequest,
    answer: s.next,
  }),
  masks: route({
    method: "post",
    path: "/v1/scenes/masks",
    tag: "native",
    summary: "Boxes become masks; locked objects that have one keep it",
    body: s.masksRequest,
    answer: s.inference,
  }),
  render: route({
    method: "post",
    path: "/v1/scenes/render",
    tag: "native",
    summary: "Masks and sentence become a picture",
    body: s.renderRequest,
    answer: s.inference,
  }),
  infer: route({
    method: "post",
    path: "/v1/scenes/infer",
    tag: "native",
    summary: "Any stretch of the pipeline in one request, with progress if asked",
    body: s.inferRequest,
    answer: s.inference,
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
  }),
  createJob: route({
    method: "post",
    path: "/v1/jobs",
    tag: "jobs",
    summary: "Sentences or a scene through the pipeline, in the background",
    body: s.jobRequest,
    answer: s.job,
    status: 202,
  }),
  job: route({ method: "get", path: "/v1/jobs/:id", tag: "jobs", summary: "Where a job stands", answer: s.job }),
  jobEvents: route({
    method: "get",
    path: "/v1/jobs/:id/events",
    tag: "jobs",
    summary: 'Server-sent events: "progress" with the job at each change, then "done", "failed" or "cancelled"',
    media: "text/event-stream",
  }),
  cancelJob: route({
    method: "delete",
    path: "/v1/jobs/:id",
    tag: "jobs",
    summary: "Cancel a job that waits or runs",
    answer: s.cancelled,
  }),
  jobScene: route({
    method: "get",
    path: "/v1/results/:id",
    tag: "jobs",
    summary: "A scene by the address that a job gave",
    answer: s.scene,
    open: true,
  }),
  images: route({
    method: "post",
    path: "/v1/images/generations",
    tag: "openai",
    summary: "Pictures from a sentence, in the shape of OpenAI's interface",
    body: compat.imagesRequest,
    answer: compat.imagesAnswer,
  }),
  txt2img: route({
    method: "post",
    path: "/sdapi/v1/txt2img",
    tag: "stable diffusion web ui",
    summary: "Pictures from a sentence, in the shape of the web UI",
    body: compat.txt2imgRequest,
    answer: compat.txt2imgAnswer,
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
  health: route({
    method: "get",
    path: "/healthz",
    tag: "operations",
    summary: "200 while the process answers",
    answer: s.health,
    open: true,
  }),
  ready: route({
    method: "get",
    path: "/readyz",
    tag: "operations",
    summary: "200 when requests are served at full speed; 503 while warming up or draining",
    answer: s.health,
    open: true,
  }),
  metrics: route({
    method: "get",
    path: "/metrics",
    tag: "operations",
    summary: "Prometheus metrics",
    media: "text/plain",
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
