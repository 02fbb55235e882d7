/** Queues and stores by the values of --queue and --store. @module */
import { UserError } from "@scenograph/graph/errors";
import { type BlobStore, checkKey } from "scenograph/queue/blobs";
import { FolderStore } from "scenograph/queue/folder";
import type { JobQueue } from "scenograph/queue/queue";
import { RedisQueue, type RedisQueueOptions } from "./redis.ts";
import { S3Store } from "./s3.ts";

/** @param url redis://... or rediss://... @throws UserError */
export function openQueue(url: string, options: Omit<RedisQueueOptions, "url"> = {}): JobQueue {
  return new RedisQueue({ ...options, url });
}

/**
 * A folder's path, or `s3://bucket[/prefix]`. The S3 service is taken from the usual variables: AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION (default us-east-1), AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL
 * (default: Amazon's).
 * @throws UserError
 */
export function openStore(where: string, env: NodeJS.ProcessEnv = process.env): BlobStore {
  if (!/^[a-z0-9+.-]+:\/\//i.test(where)) return new FolderStore(where);
  const [, bucket, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(where) ?? [];
  if (bucket === undefined)
    throw new UserError(`--store: a folder or s3://bucket/prefix, got "${where.slice(0, 120)}"; correct it`);
  const prefix = (path ?? "").replace(/\/+$/, "");
  if (prefix !== "") checkKey(prefix);
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey)
    throw new UserError(`--store ${where}: needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment`);
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint))
    throw new UserError(`--store: AWS_ENDPOINT_URL is no URL, got "${endpoint}"; correct it`);
  return new S3Store({
    endpoint,
    region,
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    accessKeyId,
    secretAccessKey,
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
  });
}
