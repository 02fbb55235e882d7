import { describe, expect, test } from "vitest";
import { createClient, ServerError } from "./client.ts";
import { readEvents } from "./events.ts";

function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

describe("events", () => {
  const text =
    'event: stage\ndata: {"é": 1}\n\n: alive\n\ndata: two\ndata:lines\n\nevent: done\r\ndata: x\r\n\r\ndata: cut off';
  test.each([1, 2, 7, 1000])(
    "are read whole out of pieces of %i bytes; comments and what is cut off are none",
    async (size) => {
      const events = [];
      for await (const event of readEvents(streamOf(text, size))) events.push(event);
      expect(events).toEqual([
        { event: "stage", data: '{"é": 1}' },
        { event: "message", data: "two\nlines" },
        { event: "done", data: "x" },
      ]);
    },
  );
});

/** A client of a server that answers with this, and what it was asked. */
function answering(...responses: Response[]) {
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const client = createClient({
    baseUrl: "http://host:1/",
    apiKey: "sg-1",
    fetch: async (url, init) => {
      asked.push({ url: String(url), init });
      return responses.shift() as Response;
    },
  });
  return { client, asked };
}

test("requests carry key and body, and ids in addresses are escaped", async () => {
  const { client, asked } = answering(Response.json({ words: [] }), Response.json({ id: "x" }));
  await client.sentence({ caption: "a dog" });
  await client.job("../../metrics");
  expect(asked[0].url).toBe("http://host:1/v1/sentences");
  expect(asked[0].init).toMatchObject({ method: "POST", body: '{"caption":"a dog"}' });
  expect(asked[0].init?.headers).toMatchObject({ authorization: "Bearer sg-1" });
  expect(asked[1].url).toBe("http://host:1/v1/jobs/..%2F..%2Fmetrics");
});

test("refusals are ServerErrors with status, code and when to come back; so are answers of something else", async () => {
  const error = { message: "queue: full", type: "rate_limit_error", code: "queue_full", param: null, request_id: "r1" };
  const { client } = answering(
    Response.json({ error }, { status: 429, headers: { "retry-after": "3" } }),
    new Response("<h1>Bad Gateway</h1>", { status: 502 }),
  );
  const refusal = await client.scene({ caption: "a dog" }).catch((e: unknown) => e);
  expect(refusal).toBeInstanceOf(ServerError);
  expect(refusal).toMatchObject({
    message: "queue: full",
    status: 429,
    code: "queue_full",
    retryAfter: 3,
    requestId: "r1",
  });
  await expect(client.models()).rejects.toMatchObject({ status: 502, message: "the server answered 502" });
});

test("a stream that ends without an answer, or with an error, is an error", async () => {
  const error = { message: "no", type: "server_error", code: "deadline_exceeded", param: null, request_id: "r" };
  const sse = (text: string) => new Response(streamOf(text, 50));
  const { client } = answering(
    sse('event: stage\ndata: {"stage": "text", "ms": 1}\n\n'),
    sse(`event: error\ndata: ${JSON.stringify({ error })}\n\n`),
  );
  const told: string[] = [];
  const ask = () => client.infer({ scene: { caption: "a dog" } }, { onStage: (stage) => told.push(stage) });
  await expect(ask()).rejects.toThrow("ended the stream before the answer");
  await expect(ask()).rejects.toMatchObject({ code: "deadline_exceeded" });
  expect(told).toEqual(["text"]);
});
