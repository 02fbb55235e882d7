/** metrics.jsonl of a run: lines of numbers -> curves, speed, time left. No drawing here. @module */

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

export interface Progress {
  readonly step: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly samplesPerSecond?: number;
  /** Seconds that are left at the speed of the latest lines; unknown without the number of steps. */
  readonly left?: number;
}

/** What is said of speed is no curve. */
const NOT_CURVES = new Set(["step", "seconds", "epoch", "samplesPerSecond", "waiting"]);

type Line = Readonly<Record<string, number>>;

/** Lines that are whole; one that is being written, or holds anything but numbers, is passed over. */
export function parseMetrics(text: string): Line[] {
  return text.split("\n").flatMap((raw) => {
    try {
      const line: unknown = JSON.parse(raw);
      const isLine = typeof line === "object" && line !== null && typeof (line as Line).step === "number";
      return isLine ? [line as Line] : [];
    } catch {
      return [];
    }
  });
}

/** One curve a name: losses first, those of validation after them, each in the order of its first appearance. */
export function curvesOf(lines: readonly Line[]): Curve[] {
  const curves = new Map<string, [number, number][]>();
  for (const line of lines)
    for (const [name, value] of Object.entries(line)) {
      if (NOT_CURVES.has(name) || typeof value !== "number" || !Number.isFinite(value)) continue;
      const points = curves.get(name) ?? [];
      points.push([line.step, value]);
      curves.set(name, points);
    }
  const isValidation = (name: string) => Number(name.startsWith("validation/"));
  return [...curves]
    .map(([name, points]) => ({ name, points }))
    .sort((a, b) => isValidation(a.name) - isValidation(b.name));
}

/** @param steps of the whole run */
export function progressOf(lines: readonly Line[], steps?: number): Progress | undefined {
  const trained = lines.filter((l) => l.seconds !== undefined);
  const last = trained.at(-1);
  if (!last) return undefined;
  const earlier = trained.at(-11) ?? trained[0];
  const speed = (last.step - earlier.step) / (last.seconds - earlier.seconds);
  const rate = trained.findLast((l) => l.samplesPerSecond !== undefined)?.samplesPerSecond;
  return {
    step: last.step,
    seconds: last.seconds,
    ...(rate !== undefined && { samplesPerSecond: rate }),
    ...(steps !== undefined && speed > 0 && { left: Math.max(0, steps - last.step) / speed }),
  };
}

/** "1 h 20 min", "3 min", "40 s". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One quantity: how it was in training, in validation and in a run beside it, where there are these. */
export interface Chart {
  readonly name: string;
  readonly training?: Curve;
  readonly validation?: Curve;
  /** Of another run, its training or else its validation. */
  readonly beside?: Curve;
}

export interface ChartGroup {
  readonly title: string;
  readonly charts: readonly Chart[];
}

const VALIDATION = "validation/";

/** By network: names of a discriminator's terms are "discriminator", "r1" or end in "D" (normD, instanceD). */
function isDiscriminators(name: string): boolean {
  return name === "discriminator" || name === "r1" || /[a-z0-9]D$/.test(name);
}

/**
 * Charts by the network that they are about, what is measured in validation alone last. What one quantity's name is in
 * training and in validation is one chart. @param others curves of a run to compare with
 */
export function chartGroups(curves: readonly Curve[], others: readonly Curve[] = []): ChartGroup[] {
  const find = (list: readonly Curve[], name: string) => list.find((c) => c.name === name);
  const names = [...new Set(curves.map((c) => c.name.replace(VALIDATION, "")))];
  const charts = names.map((name): Chart => {
    const training = find(curves, name);
    const validation = find(curves, VALIDATION + name);
    const beside = find(others, training ? name : VALIDATION + name);
    return { name, ...(training && { training }), ...(validation && { validation }), ...(beside && { beside }) };
  });
  const trained = charts.filter((c) => c.training);
  const discriminator = trained.filter((c) => isDiscriminators(c.name));
  return [
    {
      title: discriminator.length > 0 ? "Generator" : "Training",
      charts: trained.filter((c) => !isDiscriminators(c.name)),
    },
    { title: "Discriminator", charts: discriminator },
    { title: "Validation", charts: charts.filter((c) => !c.training) },
  ].filter((group) => group.charts.length > 0);
}

/** Least and greatest of steps and values. */
export interface Extent {
  readonly steps: readonly [number, number];
  readonly values: readonly [number, number];
}

export function extentOf(curves: readonly Curve[]): Extent {
  const ends = (list: readonly number[]): [number, number] => [
    list.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    list.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  const points = curves.flatMap((c) => c.points);
  return { steps: ends(points.map(([x]) => x)), values: ends(points.map(([, y]) => y)) };
}

/** The point of a curve nearest to a step. */
export function pointAt({ points }: Curve, step: number): readonly [step: number, value: number] | undefined {
  let best = points[0];
  for (const point of points) if (Math.abs(point[0] - step) < Math.abs(best[0] - step)) best = point;
  return best;
}

/** An SVG path of a curve in a box of width x height; at most some 400 points, each the mean of its stretch. */
export function pathOf(curve: Curve, width: number, height: number, extent = extentOf([curve])): string {
  const stretch = Math.ceil(curve.points.length / 400);
  const points: [number, number][] = [];
  for (let i = 0; i < curve.points.length; i += stretch) {
    const part = curve.points.slice(i, i + stretch);
    points.push([part.at(-1)![0], part.reduce((sum, [, v]) => sum + v, 0) / part.length]);
  }
  const [left, right] = extent.steps;
  const [low, high] = extent.values;
  const place = ([x, y]: [number, number]) => {
    const px = right > left ? ((x - left) / (right - left)) * width : width / 2;
    const py = high > low ? height - ((y - low) / (high - low)) * height : height / 2;
    return `${px.toFixed(1)} ${py.toFixed(1)}`;
  };
  return `M${points.map(place).join("L")}`;
}
