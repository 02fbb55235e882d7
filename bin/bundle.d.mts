export const THREADS: readonly string[];
export function bundle(entries: readonly string[], outdir: string, options?: object): Promise<{ inputs: object }>;
export function bundledThreads(outdir: string): string;
export function commandLine(): Promise<string | undefined>;
export function optionalModules(): readonly string[];
