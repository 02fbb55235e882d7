/** Container file and Kubernetes manifests: whole YAML whose references, probes, limits and command lines hold together. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { packageFolder } from "scenograph/model/package.node";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { serveCommand } from "../../src/cli/serve.ts";
import { workerCommand } from "../../src/cli/worker.ts";

// biome-ignore lint/suspicious/noExplicitAny: manifests have the shapes that Kubernetes says
type Manifest = any;

const folder = join(packageFolder(), "packages/service/deploy");
const files = readdirSync(join(folder, "kubernetes"));
const documents: Manifest[] = files.flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, "kubernetes", file), "utf8"), { strict: true, uniqueKeys: true }).map(
    (document) => {
      expect([...document.errors, ...document.warnings], file).toEqual([]);
      return document.toJS();
    },
  ),
);
const of = (kind: string): Manifest[] => documents.filter((d) => d.kind === kind);
const named = (kind: string, name: string): Manifest => of(kind).find((d) => d.metadata.name === name);
const pods = [...of("Deployment"), ...of("StatefulSet")];

test("every file is a resource of the kustomization, every document has kind, version and a name of its own", () => {
  const [{ resources, images }] = of("Kustomization");
  expect([...resources, "kustomization.yaml"].sort()).toEqual([...files].sort());
  const { version } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8"));
  expect(images).toEqual([{ name: "scenograph", newTag: version }]);
  const names = documents.map((d) => `${d.kind}/${d.metadata?.name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const d of documents) expect(d.apiVersion, d.kind).toMatch(/^([a-z0-9.]+\/)?v\d/);
  expect(pods.map((d) => d.metadata.name).sort()).toEqual(["api", "redis", "worker"]);
});

test("selectors, services, autoscalers and budgets point at pods that are there", () => {
  const apps = pods.map((d) => d.spec.template.metadata.labels.app);
  for (const d of pods) expect(d.spec.selector.matchLabels).toEqual(d.spec.template.metadata.labels);
  for (const d of of("Service")) {
    const { containers } = pods.find((p) => p.metadata.name === d.spec.selector.app).spec.template.spec;
    const ports = containers.flatMap((c: Manifest) => c.ports.map((p: Manifest) => p.name));
    for (const { targetPort } of d.spec.ports) expect(ports).toContain(targetPort);
  }
  for (const d of of("PodDisruptionBudget")) expect(apps).toContain(d.spec.selector.matchLabels.app);
  expect(of("PodDisruptionBudget")).toHaveLength(pods.length);
  for (const d of of("NetworkPolicy")) expect(apps).toContain(d.spec.podSelector.matchLabels.app);
  for (const { spec } of of("HorizontalPodAutoscaler")) {
    expect(named(spec.scaleTargetRef.kind, spec.scaleTargetRef.name)).toBeDefined();
    // the autoscaler alone decides
    expect(named(spec.scaleTargetRef.kind, spec.scaleTargetRef.name).spec.replicas).toBeUndefined();
  }
});

test("containers have probes on ports that they open, requests and limits, and no privileges; what they mount is there", () => {
  for (const { metadata, spec } of pods) {
    const pod = spec.template.spec;
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    const volumes = [...(pod.volumes ?? []), ...(spec.volumeClaimTemplates ?? []).map((v: Manifest) => v.metadata)];
    for (const c of pod.containers) {
      const ports = c.ports.map((p: Manifest) => p.name);
      for (const probe of [c.startupProbe, c.readinessProbe, c.livenessProbe]) {
        expect(probe, metadata.name).toBeDefined();
        if (probe.httpGet) expect(ports).toContain(probe.httpGet.port);
      }
      expect(c.resources.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      expect(c.resources.limits.memory).toBeDefined();
      expect(c.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
      for (const mount of c.volumeMounts) expect(volumes.map((v: Manifest) => v.name)).toContain(mount.name);
      for (const { valueFrom } of c.env)
        expect(named("Secret", valueFrom.secretKeyRef.name).stringData).toHaveProperty(valueFrom.secretKeyRef.key);
      for (const { configMapRef, secretRef } of c.envFrom ?? [])
        expect(named(configMapRef ? "ConfigMap" : "Secret", (configMapRef ?? secretRef).name)).toBeDefined();
      const known = [...c.env.map((e: Manifest) => e.name), ...Object.keys(named("ConfigMap", "scenograph").data)];
      for (const [, variable] of c.args.join(" ").matchAll(/\$\((\w+)\)/g)) expect(known).toContain(variable);
    }
    for (const v of pod.volumes ?? []) if (v.secret) expect(named("Secret", v.secret.secretName)).toBeDefined();
  }
});

test("the pods' command lines are ones that the program takes", () => {
  const commands: Record<string, Command> = { serve: serveCommand(), worker: workerCommand() };
  for (const { spec } of of("Deployment")) {
    const pod = spec.template.spec;
    const [name, ...args] = pod.containers[0].args as string[];
    const command = commands[name].exitOverride().configureOutput({ outputError: () => {} });
    let flags: Record<string, unknown> = {};
    command.action((given) => {
      flags = given;
    });
    command.parse(args, { from: "user" });
    // asked to stop, it has done so before it is killed
    const drained = Number(flags.drain) + (pod.containers[0].lifecycle ? 5 : 0);
    expect(drained).toBeLessThan(pod.terminationGracePeriodSeconds);
    expect(pod.containers[0].ports[0].containerPort).toBe(flags.port);
  }
});

test("the container file copies what there is, from images without a registry's name, and runs as nobody special", () => {
  const lines = readFileSync(join(folder, "Containerfile"), "utf8").split("\n");
  const root = readdirSync(packageFolder());
  for (const line of lines) {
    const [what, ...words] = line.trim().split(/\s+/);
    if (what === "FROM") expect(words[0]).toBe("node:20-bookworm-slim");
    if (what !== "COPY" || words[0].startsWith("--from")) continue;
    for (const source of words.slice(0, -1)) expect(root).toContain(source);
  }
  expect(lines.findLast((l) => l.startsWith("USER"))).toBe("USER node");
  expect(lines.join("\n")).not.toMatch(/https?:\/\//);
});
