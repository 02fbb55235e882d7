/**
 * A small S3: the five requests that the store makes, in memory. It checks signatures by its own reading of the rules
 * (Signature Version 4: canonical request, string to sign, derived key), lists in pages of two, and can be told to fail.
 */
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

export interface TestS3 {
  readonly endpoint: string;
  readonly objects: Map<string, { bytes: Buffer; type: string }>;
  /** Answers to the next requests, before they are served. */
  readonly failures: number[];
  close(): Promise<void>;
}

export const S3_KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const PAGE = 2;

export async function startS3(bucket: string): Promise<TestS3> {
  const objects: TestS3["objects"] = new Map();
  const failures: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = (status: number, bytes: Buffer | string = "", type = "application/xml") =>
      response.writeHead(status, { "content-type": type }).end(request.method === "HEAD" ? undefined : bytes);
    const failure = failures.shift();
    if (failure !== undefined) return answer(failure);
    if (!isSigned(request, body)) return answer(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    const url = new URL(request.url!, "http://x");
    const [, own, ...rest] = decodeURIComponent(url.pathname).split("/");
    if (own !== bucket) return answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
    const key = rest.join("/");
    const object = objects.get(key);
    if (request.method === "PUT") objects.set(key, { bytes: body, type: request.headers["content-type"] ?? "" });
    if (request.method === "PUT") return answer(200);
    if (request.method === "DELETE") return answer(objects.delete(key) ? 204 : 204);
    if (key !== "") return object ? answer(200, object.bytes, object.type) : answer(404, "<Code>NoSuchKey</Code>");
    const prefix = url.searchParams.get("prefix") ?? "";
    const after = url.searchParams.get("continuation-token")?.slice(4) ?? "";
    const found = [...objects.keys()].filter((k) => k.startsWith(prefix) && k > after).sort();
    const page = found.slice(0, PAGE);
    const more = found.length > PAGE ? `<NextContinuationToken>a&amp;+/${page.at(-1)}</NextContinuationToken>` : "";
    const keys = page.map((k) => `<Contents><Key>${k}</Key></Contents>`).join("");
    answer(200, `<ListBucketResult><IsTruncated>${more !== ""}</IsTruncated>${keys}${more}</ListBucketResult>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    failures,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      request.headers.authorization ?? "",
    );
  if (!match) return false;
  const [, id, day, region, names, signature] = match;
  const hash = sha256(body);
  if (id !== S3_KEYS.accessKeyId || request.headers["x-amz-content-sha256"] !== hash) return false;
  const url = new URL(request.url!, "http://x");
  const encode = (s: string) => encodeURIComponent(s).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const query = [...url.searchParams].map(([k, v]) => `${encode(k)}=${encode(v)}`).sort();
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, url.pathname, query.join("&"), headers.join(""), names, hash].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(Buffer.from(canonical))].join("\n");
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const steps = [day, region, "s3", "aws4_request"];
  const key = steps.reduce<Buffer>((k, step) => hmac(k, step), Buffer.from(`AWS4${S3_KEYS.secretAccessKey}`));
  return hmac(key, text).toString("hex") === signature;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
