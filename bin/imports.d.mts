export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}
export const LEVELS: readonly (readonly string[])[];
export function importsOf(text: string): { line: number; target: string; isType: boolean }[];
export function checkImports(files: ReadonlyMap<string, string>): Violation[];
export function sourceFiles(root: string): Map<string, string>;
