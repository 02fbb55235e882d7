/**
 * Blobs in an S3-compatible store (AWS, MinIO, Ceph, R2 ...) over its REST API: PUT, GET, HEAD and DELETE of objects,
 * ListObjectsV2. Requests are signed by aws4fetch (Signature Version 4), with the hash of the body, so that bytes that
 * change on the way are refused. A PUT is atomic by S3's own promise: readers see the old object or the new one.
 * @module
 */
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { type Blob, type BlobStore, checkKey, checkPrefix, StoreError } from "scenograph/queue/blobs";

export interface S3Options {
  /** https://host[:port] of the service; buckets are addressed by path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Begins every object's name: "" or "a/b/". */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Tries of a request, with 0.1, 0.2, 0.4 ... seconds between them. */
const TRIES = 5;
const TIMEOUT_MS = 60_000;

export class S3Store implements BlobStore {
  readonly #client: AwsClient;
  readonly #root: string;

  constructor(private readonly options: S3Options) {
    const { accessKeyId, secretAccessKey, sessionToken, region } = options;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: "s3", retries: 0 });
    this.#root = `${options.endpoint.replace(/\/+$/, "")}/${options.bucket}`;
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    await this.#send("PUT", this.#url(key), [200], bytes, type);
  }

  async get(key: string): Promise<Blob | undefined> {
    const { status, bytes, type } = await this.#send("GET", this.#url(key), [200, 404]);
    return status === 404 ? undefined : { bytes, type };
  }

  async has(key: string): Promise<boolean> {
    return (await this.#send("HEAD", this.#url(key), [200, 404])).status === 200;
  }

  async delete(key: string): Promise<void> {
    await this.#send("DELETE", this.#url(key), [200, 204, 404]);
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ "list-type": "2", prefix: this.options.prefix + prefix });
      if (token !== undefined) query.set("continuation-token", token);
      const { bytes } = await this.#send("GET", `${this.#root}?${query}`, [200]);
      const xml = new TextDecoder().decode(bytes);
      for (const [, key] of xml.matchAll(/<Key>([^<]*)<\/Key>/g))
        keys.push(unescapeXml(key).slice(this.options.prefix.length));
      token = /<IsTruncated>true<\/IsTruncated>/.test(xml)
        ? unescapeXml(/<NextContinuationToken>([^<]*)</.exec(xml)?.[1] ?? "") || undefined
        : undefined;
    } while (token !== undefined);
    return keys.sort();
  }

  #url(key: string): string {
    return `${this.#root}/${this.options.prefix}${checkKey(key)}`;
  }

  /** @throws StoreError when access is refused, the bucket is missing or full, or the store does not answer. */
  async #send(method: string, url: string, accepted: readonly number[], body?: Uint8Array, type?: string) {
    const headers: Record<string, string> = { "x-amz-content-sha256": sha256(body ?? new Uint8Array()) };
    if (type !== undefined) headers["content-type"] = type;
    let problem = "";
    for (let n = 0; n < TRIES; n++) {
      if (n > 0) await new Promise((r) => setTimeout(r, 100 * 2 ** (n - 1)));
      try {
        const init = { method, headers, body: body as BodyInit | undefined, signal: AbortSignal.timeout(TIMEOUT_MS) };
        const response = await this.#client.fetch(url, init);
        const bytes = new Uint8Array(await response.arrayBuffer());
        const { status } = response;
        // a missing bucket is a mistake, a missing object is an answer
        const noBucket = status === 404 && new TextDecoder().decode(bytes).includes("<Code>NoSuchBucket</Code>");
        if (accepted.includes(status) && !noBucket)
          return { status, bytes, type: response.headers.get("content-type") ?? "application/octet-stream" };
        problem = `answered ${status}${noBucket ? ", no such bucket" : ""}`;
        const code = /<Code>(\w+)<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096)))?.[1] ?? "";
        if (status === 507 || /^(XMinioStorageFull|XMinioAdminBucketQuotaExceeded|QuotaExceeded)$/.test(code))
          throw new StoreError(`store: ${this.#root} is full (${code || status}); make room in it`, true);
        if (status < 500 && status !== 429 && status !== 408)
          throw new StoreError(
            `store: ${this.#root} ${problem} to ${method}; check bucket, region, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
          );
      } catch (error) {
        if (error instanceof StoreError) throw error;
        const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
        problem = `does not answer (${cause?.code ?? message})`;
      }
    }
    throw new StoreError(`store: ${this.#root} ${problem} to ${method}, tried ${TRIES} times; see that it runs`);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos|#\d{1,7});/g, (_, name: string) =>
    name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : named[name],
  );
}
