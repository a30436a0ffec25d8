import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The top of this repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One import of one file. Paths are relative to the repository, with forward slashes. */
export interface Import {
  readonly from: string;
  /** A file of this repository, `node:fs`, or the name of a package. */
  readonly to: string;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** Every TypeScript file of the project, with all that it imports: statically, dynamically, and as types. */
export function sourceFiles(): SourceFile[] {
  const paths = globSync('{src,labs,bench,test,web/src}/**/*.{ts,tsx}', {
    cwd: ROOT,
    exclude: ['**/.ratchet/**'],
  });
  return paths.toSorted().map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const { importedFiles } = ts.preProcessFile(text);
    const imports = importedFiles.map(({ fileName }) => ({ from: path, to: targetOf(path, fileName) }));
    return { path, lines: text.split('\n').length - 1, imports };
  });
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  if (specifier.startsWith('node:')) return specifier;
  const [first = '', second = ''] = specifier.split('/');
  return specifier.startsWith('@') ? `${first}/${second}` : first;
}

/** Whether a file is only ever loaded by tests: these may look into any room. */
export function isOfTests(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts') || path.includes('/fixtures/');
}

/** Each cycle once, as the files along it. */
export function cycles(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const found: string[][] = [];
  const settled = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string) => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) found.push([...trail.slice(seenAt), path]);
    if (seenAt !== -1 || settled.has(path)) return;
    trail.push(path);
    for (const { to } of targets.get(path) ?? []) visit(to);
    trail.pop();
    settled.add(path);
  };
  for (const path of targets.keys()) visit(path);
  return found;
}
