/**
 * Typed client of a Scenograph server, for browsers and Node. Types come from the schemas that the server validates with.
 * @module
 * @example
 * import { createClient } from "scenograph/client";
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080" });
 * const { scene } = await client.scene({ caption: "a dog on the beach" });
 * const { picture } = await client.infer({ scene, from: "masks" });
 */
export { type CallOptions, type Client, type ClientOptions, createClient, ServerError } from "./client.ts";
export type { ServerEvent } from "./events.ts";
