/** The PyTorch side of the benchmark: reference.py in a process of its own that measures when asked. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** One run: elapsed and processor time of the whole process, milliseconds. */
export interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

export class Reference {
  readonly #lines: AsyncIterator<string>;
  #stderr = "";
  version = "";
  /** Speed of its matrix products, 512 x 512, GFLOP a second of processor time. */
  matmul = 0;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on("data", (data) => {
      this.#stderr += data;
    });
  }

  /** The first of `pythons` that has PyTorch (Debian's belongs to its own Python, which need not be the first on the path). */
  static async start(
    pythons: readonly string[],
    config: { readonly threads: number; readonly [network: string]: unknown },
  ): Promise<Reference | undefined> {
    const reasons: string[] = [];
    for (const python of pythons) {
      const started = await Reference.#try(python, config);
      if (typeof started !== "string") return started;
      reasons.push(`${python}: ${started}`);
    }
    process.stderr.write(
      `PyTorch is not measured (${reasons.join("; ")}); install it (Debian: python3-torch) or pass --python\n`,
    );
    return undefined;
  }

  static async #try(
    python: string,
    config: { readonly threads: number; readonly [network: string]: unknown },
  ): Promise<Reference | string> {
    const script = fileURLToPath(new URL("reference.py", import.meta.url));
    // threads that wait without spinning: on a busy machine OpenMP's spinning costs seconds a step
    const env = { ...process.env, OMP_WAIT_POLICY: "PASSIVE", OPENBLAS_NUM_THREADS: String(config.threads) };
    const child = spawn(python, [script, JSON.stringify(config)], { env });
    const failed = once(child, "error").then(([error]) => (error as Error).message);
    const reference = new Reference(child);
    const first = await Promise.race([reference.#lines.next(), failed]);
    if (typeof first === "string") return first;
    if (first.done) return reference.#stderr.trim().split("\n").at(-1) ?? "it stopped";
    const { torch, matmul } = JSON.parse(first.value);
    reference.version = torch;
    reference.matmul = matmul;
    if (matmul < 10)
      process.stderr.write(
        `PyTorch multiplies matrices at ${matmul.toFixed(1)} GFLOP/s a thread: its BLAS is the reference one, and ratios flatter us; install OpenBLAS (Debian: libopenblas0-pthread)\n`,
      );
    return reference;
  }

  async measure(name: string, runs: number): Promise<Sample[]> {
    this.child.stdin.write(`${JSON.stringify({ name, runs })}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`bench: PyTorch stopped while it measured ${name}: ${this.#stderr}`);
    return JSON.parse(line.value);
  }

  stop(): void {
    this.child.stdin.end();
  }
}
