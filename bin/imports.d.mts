export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}
export const PACKAGES: Readonly<Record<string, string>>;
export const LEVELS: Readonly<Record<string, readonly (readonly string[])[]>>;
export function importsOf(text: string): { line: number; target: string; isType: boolean }[];
export function checkImports(
  files: ReadonlyMap<string, string>,
  manifests?: Readonly<Record<string, object>>,
): Violation[];
export function sourceFiles(root: string): Map<string, string>;
export function manifestsOf(root: string): Record<string, object>;
