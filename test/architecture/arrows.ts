import type { Import } from './imports.ts';

const BELOW_STAGES = ['model', 'git', 'process', 'statistics', 'lab'];
const STAGES = ['propose', 'run', 'measure', 'decide', 'record'];
const ENGINE = [...BELOW_STAGES, ...STAGES, 'engine'];

/** Which rooms of `src/` each room may import besides itself. A file directly in `src/` is a room of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  git: ['model'],
  process: ['model'],
  statistics: ['model'],
  lab: ['model'],
  propose: BELOW_STAGES,
  run: BELOW_STAGES,
  measure: BELOW_STAGES,
  decide: ['model', 'statistics'],
  record: BELOW_STAGES,
  swarm: ['model', 'record'],
  live: ['model', 'record'],
  serve: ['model', 'record'],
  engine: [...BELOW_STAGES, ...STAGES],
  'loop.ts': ENGINE,
  'session.ts': [...ENGINE, 'loop.ts'],
  'index.ts': [...ENGINE, 'loop.ts', 'session.ts'],
  cli: [...ENGINE, 'loop.ts', 'session.ts', 'serve'],
  'cli.ts': ['cli'],
};

/** Rooms that are pure: nothing from Node, nothing from npm. */
const PURE = ['model', 'decide'];

/** What one import breaks, in a sentence that says where the line is and what to do; undefined where it breaks nothing. */
export function violation({ from, to }: Import): string | undefined {
  if (from.startsWith('src/')) return inSource(from, to);
  return from.startsWith('web/') ? inPage(from, to) : inLabs(from, to);
}

function inSource(from: string, to: string): string | undefined {
  const room = roomOf(from);
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined)
    return `${from}: src/${room} is a new room; say in test/architecture what it may import`;
  if (/^(labs|bench|test)\//.test(to)) return `${from} imports ${to}, and src/ stands without it`;
  if (!to.startsWith('src/')) {
    const pure = PURE.includes(room);
    return pure ? `${from} imports ${to}: src/${room} is pure, it imports nothing from outside` : undefined;
  }
  const target = roomOf(to);
  if (target === room || allowed.includes(target)) return undefined;
  const may = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  return `${from} imports ${to}: ${room} may import ${may}, not ${target}`;
}

/** The one file of src/ that says what crosses between the server and the page. */
const WIRE = 'src/serve/page/wire.ts';

/** The page runs in a browser: it knows the words of the wire, its own files and what is bundled with it. */
function inPage(from: string, to: string): string | undefined {
  if (to === WIRE || to.startsWith('web/')) return undefined;
  if (/^(?:src|labs|bench|test)\//.test(to))
    return `${from} imports ${to}: the page knows ${WIRE} and nothing else of the rest`;
  return to.startsWith('node:') ? `${from} imports ${to}: a browser has no ${to}` : undefined;
}

/** A lab is a user of the package, and the tensor library a user of nothing of its lab. */
function inLabs(from: string, to: string): string | undefined {
  const [, lab] = /^labs\/([^/]+)\//.exec(from) ?? [];
  if (lab === undefined) return undefined;
  if (to.startsWith('src/') && to !== 'src/index.ts')
    return `${from} imports ${to}: a lab knows src/index.ts only`;
  if (to.startsWith('labs/') && !to.startsWith(`labs/${lab}/`))
    return `${from} imports ${to}, of another lab`;
  const tensor = 'labs/gpt/tensor/';
  if (from.startsWith(tensor) && to.startsWith('labs/') && !to.startsWith(tensor)) {
    return `${from} imports ${to}: the tensor library stands alone`;
  }
  return undefined;
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}
