/** Server-sent events out of a response's body (WHATWG HTML, "event stream interpretation"). @module */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Longest event that is waited for, in characters. */
const MOST = 2 ** 24;

/** Events until the stream ends. @throws Error for an event without end */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      if (text.length > MOST) throw new Error("the server sent an event without an end");
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() as string;
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Undefined for comments. */
function parse(block: string): ServerEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) as RegExpExecArray;
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
  return data.length > 0 ? { event, data: data.join("\n") } : undefined;
}
