import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

/** A language that is read as a syntax tree. */
export type LanguageName = 'typescript' | 'tsx' | 'python';

const GRAMMAR_FILES = {
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-typescript/tree-sitter-tsx.wasm',
  python: 'tree-sitter-python/tree-sitter-python.wasm',
} as const satisfies Record<LanguageName, string>;

/** JavaScript has no grammar of its own here: the first of the two that reads a text without error is taken. */
const LANGUAGES_BY_EXTENSION: Readonly<Record<string, readonly LanguageName[]>> = {
  ts: ['typescript'],
  mts: ['typescript'],
  cts: ['typescript'],
  tsx: ['tsx'],
  js: ['tsx', 'typescript'],
  mjs: ['tsx', 'typescript'],
  cjs: ['tsx', 'typescript'],
  jsx: ['tsx', 'typescript'],
  py: ['python'],
};

/** The languages to try for a file, best first; empty for a file that is not read as a syntax tree. */
export function languagesOf(path: string): readonly LanguageName[] {
  return LANGUAGES_BY_EXTENSION[extensionOf(path)] ?? [];
}

/** Lower case, without the dot; '' where the file has none. */
export function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

const require = createRequire(import.meta.url);
const parsers = new Map<LanguageName, Promise<Parser>>();

/** One parser a language for the life of the process: parsers hold WebAssembly memory that nothing collects. */
export function parserOf(language: LanguageName): Promise<Parser> {
  const ready = parsers.get(language);
  if (ready !== undefined) return ready;
  const loading = loadParser(language);
  parsers.set(language, loading);
  loading.catch(() => parsers.delete(language));
  return loading;
}

async function loadParser(language: LanguageName): Promise<Parser> {
  const file = GRAMMAR_FILES[language];
  try {
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(require.resolve(file)));
    return parser;
  } catch (cause) {
    throw new Error(`The grammar ${file} does not load; install the package again with npm.`, { cause });
  }
}
