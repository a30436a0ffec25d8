import { posix } from 'node:path';
import { filesIn } from './command-files.ts';
import type { Finding, FrontMatterPart } from './schema.ts';
import { fixedPart, isAlwaysLocked, matchesEntry, normaliseEntry } from './scope.ts';
import { formatDuration } from './units.ts';
import type { Path } from './yaml.ts';

/** What the keys ask of one another, and of paths, whatever the disk holds. */
export function checkRules(values: FrontMatterPart): Finding[] {
  return [
    ...(values.edit ?? []).flatMap((entry, index) => editFinding(entry, ['edit', index], values) ?? []),
    ...(values.artifacts ?? []).flatMap((entry, index) => insideFinding(entry, ['artifacts', index]) ?? []),
    ...(values.provide ?? []).flatMap(
      (entry, index) => provideFinding(entry, ['provide', index], values) ?? [],
    ),
    ...(values.validation ?? []).flatMap(
      (entry, index) => provideFinding(entry, ['validation', index], values) ?? [],
    ),
    ...sandboxFindings(values.sandbox),
    ...(values.sealed ?? []).flatMap((entry, index) => sealedFinding(entry, ['sealed', index], values) ?? []),
    ...pairFindings(values),
    ...guardFindings(values.guards ?? {}),
    ...transferFindings(values.transfer),
    ...screenFindings(values),
  ];
}

/** A short trial costs time beside the whole one: near its length it could save none. */
function screenFindings({ budget, deterministic }: FrontMatterPart): Finding[] {
  if (budget?.screen === undefined) return [];
  const path = ['budget', 'screen'];
  if (deterministic === true) {
    const problem = 'a lab that is declared deterministic is judged by whole trials alone';
    return [{ path, problem, mend: 'delete `screen`, or `deterministic`' }];
  }
  if (2 * budget.screen <= budget.trial.seconds) return [];
  const half = formatDuration(budget.trial.seconds / 2);
  return [
    {
      path,
      problem: 'a short trial takes at most half of `trial`',
      mend: `write \`screen: ${half}\` or less`,
    },
  ];
}

function editFinding(entry: string, path: Path, values: FrontMatterPart): Finding | undefined {
  const outside = insideFinding(entry, path);
  if (outside !== undefined) return outside;
  const normal = normaliseEntry(entry);
  const covers = (file: string) => matchesEntry(normal, file);
  if (isAlwaysLocked(normal) || covers('program.md')) {
    const what = covers('program.md')
      ? '`program.md`, which says what is better'
      : 'what Ratchet or git keeps there';
    return {
      path,
      problem: `\`edit\` entry \`${entry}\` opens ${what}`,
      mend:
        covers('program.md') && normal !== 'program.md'
          ? 'name the editable files one by one'
          : 'delete this entry',
    };
  }
  const scorer = scoringFiles(values).find(({ file }) => covers(file));
  if (scorer === undefined) return undefined;
  return {
    path,
    problem: `\`edit\` entry \`${entry}\` opens \`${scorer.file}\`, which \`${scorer.key}\` runs: a candidate could score itself`,
    mend:
      normal === scorer.file
        ? 'delete this entry'
        : `leave \`${scorer.file}\` out: name the editable files one by one`,
  };
}

/** Words of the scoring commands that look like files, other than what crosses as an artifact. */
function scoringFiles(values: FrontMatterPart): { key: string; file: string }[] {
  const artifacts = new Set((values.artifacts ?? []).map(normaliseEntry));
  return (['evaluate', 'holdout'] as const).flatMap((key) =>
    filesIn(values[key] ?? '')
      .filter((file) => !artifacts.has(file))
      .map((file) => ({ key, file })),
  );
}

function insideFinding(entry: string, path: Path): Finding | undefined {
  const key = String(path[0]);
  const shown = `\`${key}\` entry \`${entry}\``;
  if (/^(?:\/|~|[A-Za-z]:[\\/])/.test(entry)) {
    const mend = 'write it relative to the folder of `program.md`';
    return { path, problem: `${shown} lies outside the lab`, mend };
  }
  if (entry.includes('\\')) {
    return { path, problem: `${shown} has backslashes`, mend: `write \`${entry.replaceAll('\\', '/')}\`` };
  }
  if (normaliseEntry(entry).split('/').includes('..')) {
    const mend = `name a file in the folder of \`program.md\`, or move \`program.md\` up`;
    return { path, problem: `${shown} lies outside the lab`, mend };
  }
  return undefined;
}

/** What a trial may see or change is no secret from it. */
function sealedFinding(entry: string, path: Path, values: FrontMatterPart): Finding | undefined {
  const normal = normaliseEntry(entry);
  const provided = (values.provide ?? []).find((other) => isInside(normal, normaliseEntry(other)));
  if (provided === undefined) return provideFinding(entry, path, values);
  const problem = `\`sealed\` entry \`${entry}\` is what \`provide\` entry \`${provided}\` shows to every trial`;
  return { path, problem, mend: 'move the sealed files elsewhere, or provide less' };
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function provideFinding(entry: string, path: Path, values: FrontMatterPart): Finding | undefined {
  const key = String(path[0]);
  const normal = normaliseEntry(entry);
  if (posix.isAbsolute(entry) || entry.startsWith('~/')) return undefined;
  if (entry.startsWith('~')) {
    const mend = 'write its absolute path, or one that starts with `~/`';
    return { path, problem: `\`${key}\` entry \`${entry}\` is in somebody else's home folder`, mend };
  }
  // A lab deep inside a repository may want what lies above it there; whether it does is known with the repository.
  if (normal.split('/').includes('..')) return undefined;
  const overlapping = (values.edit ?? []).find((edit) => overlaps(normaliseEntry(edit), normal));
  if (overlapping === undefined) return undefined;
  return {
    path,
    problem: `\`${key}\` entry \`${entry}\` is read-only, and \`edit\` entry \`${overlapping}\` opens it`,
    mend: 'delete one of the two entries, or make them name different paths',
  };
}

function overlaps(edit: string, provided: string): boolean {
  const fixed = fixedPart(edit);
  return matchesEntry(edit, provided) || fixed === provided || fixed.startsWith(`${provided}/`);
}

/** What opens the machine's root, or what Ratchet keeps, opens everything. */
function sandboxFindings(sandbox: FrontMatterPart['sandbox']): Finding[] {
  return (['read', 'write'] as const).flatMap((key) =>
    (sandbox?.[key] ?? []).flatMap((entry, index): Finding[] => {
      const path = ['sandbox', key, index];
      const shown = `\`sandbox.${key}\` entry \`${entry}\``;
      if (!posix.isAbsolute(entry) && !entry.startsWith('~/')) {
        const mend =
          'write an absolute path or one below `~/`; what lies beside the lab belongs into `provide`';
        return [{ path, problem: `${shown} is no absolute path`, mend }];
      }
      if (posix.normalize(entry).replace(/\/$/, '') !== '' && entry !== '~/') return [];
      return [{ path, problem: `${shown} opens everything`, mend: 'name the folders that a trial needs' }];
    }),
  );
}

function pairFindings(values: FrontMatterPart): Finding[] {
  if (values.evaluate !== undefined && values.artifacts === undefined) {
    const problem = '`evaluate` sees declared artifacts only, and there are none';
    return [
      { path: ['evaluate'], problem, mend: 'add `artifacts: [FILE]`, naming what `run` leaves for it' },
    ];
  }
  if (values.validation !== undefined && values.evaluate === undefined) {
    const problem = '`validation` is what `evaluate` may see and a run may not, and there is none';
    return [{ path: ['validation'], problem, mend: 'add `evaluate: COMMAND`, or delete `validation`' }];
  }
  if (values.artifacts !== undefined && values.evaluate === undefined) {
    const problem = '`artifacts` cross to `evaluate`, and there is none';
    return [{ path: ['artifacts'], problem, mend: 'add `evaluate: COMMAND`, or delete `artifacts`' }];
  }
  return holdoutFindings(values);
}

function holdoutFindings({ holdout, sealed, artifacts }: FrontMatterPart): Finding[] {
  if (holdout !== undefined && artifacts === undefined) {
    const problem = '`holdout` sees declared artifacts only, and there are none';
    const mend = 'add `artifacts: [FILE]`, naming what `run` leaves for it, and `evaluate`';
    return [{ path: ['holdout'], problem, mend }];
  }
  if (sealed === undefined || holdout !== undefined) return [];
  const problem = '`sealed` is what `holdout` alone may see, and there is none';
  return [{ path: ['sealed'], problem, mend: 'add `holdout: COMMAND`, or delete `sealed`' }];
}

function guardFindings(guards: NonNullable<FrontMatterPart['guards']>): Finding[] {
  return Object.entries(guards).flatMap(([name, { min, max }]): Finding[] => {
    const path = ['guards', name];
    if (min === undefined && max === undefined) {
      return [
        {
          path,
          problem: `guard \`${name}\` has no bound`,
          mend: `write \`${name}: { max: 2000 }\`, or \`min\``,
        },
      ];
    }
    if (min === undefined || max === undefined || min <= max) return [];
    const mend = `write \`${name}: { min: ${max}, max: ${min} }\``;
    return [{ path, problem: `guard \`${name}\` lets nothing pass: \`min\` is above \`max\``, mend }];
  });
}

function transferFindings(transfer: FrontMatterPart['transfer']): Finding[] {
  if (transfer === undefined) return [];
  const variables = Object.entries(transfer.env);
  if (variables.length === 0) {
    const mend = 'write `transfer: { env: { DEPTH: 8 } }`, or delete `transfer`';
    return [{ path: ['transfer', 'env'], problem: '`transfer.env` names no variable', mend }];
  }
  return variables.flatMap(([name, value]): Finding[] => {
    const path = ['transfer', 'env', name];
    if (/^RATCHET_/i.test(name)) {
      const problem = `\`${name}\` is one of the names that Ratchet itself gives a trial`;
      return [{ path, problem, mend: 'choose a name that does not begin with `RATCHET_`' }];
    }
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const problem = `\`${name}\` is no name of a variable: letters, digits and \`_\`, not a digit first`;
      const mended = name.replace(/\W+/g, '_').replace(/^(?=\d)/, '_');
      return [{ path, problem, mend: `write \`${mended}: ${value}\`` }];
    }
    if (!value.includes('\0')) return [];
    return [{ path, problem: `\`${name}\` holds a NUL`, mend: 'no variable can: take it out' }];
  });
}
