import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import type { FileChange } from '../../src/model/proposal.ts';
import { crossArtifacts } from '../../src/run/artifacts.ts';
import { draftingResearcher, researchLab, verdictsOf } from '../session.ts';
import { createTemporaryLab } from '../temporary-lab.ts';
import { createEvaluatedLab, createScriptLab, linesOf, tryScripts } from './scripts.ts';

/** Tells all that a trial finds in its folder; any difference from the plain one makes the score worse. */
const LOOK = 'find . | sort | cksum | sed "s/ .*//; s/^/score: /"';

test('whatever a candidate does to its folder, the next trial starts from a clean one', async () => {
  using lab = createScriptLab([], { 'trial.sh': `${LOOK}\n`, 'locked.txt': 'locked\n' });
  const messes = [
    'echo cheat > locked.txt',
    'rm locked.txt; ln -s /etc/passwd locked.txt',
    'rm locked.txt; mkdir locked.txt; touch locked.txt/inside',
    'touch junk "name with spaces" "näme" "$(printf \'a\\nb\')"',
    'mkdir -p deep/er; touch deep/er/file; chmod 000 deep/er deep',
    'chmod 000 locked.txt .',
    'git init -q .; git config core.hooksPath /tmp',
    'mkdir .git; echo "gitdir: /nowhere" > nested; mkdir sub; echo "gitdir: /nowhere" > sub/.git',
    'mkfifo pipe; mkfifo .git',
    'mkdir .ratchet; touch .ratchet/x',
    'rm -rf "$PWD"',
    'rm -rf "$TMPDIR" "$RATCHET_CACHE"; ln -s /nowhere "$TMPDIR"; ln -s /nowhere "$RATCHET_CACHE"',
    'mkdir -p "$TMPDIR/a"; chmod 000 "$TMPDIR/a" "$TMPDIR"',
    'mkdir "$RATCHET_METRICS"',
    `rm -rf "$(dirname "$RATCHET_METRICS")"; ln -s /nowhere "$(dirname "$RATCHET_METRICS")"`,
  ];
  const scripts = messes.flatMap((mess) => [`${mess}; echo score: 99999999999`, `${LOOK} # ${mess}`]);
  const { verdicts, state } = await tryScripts(lab, scripts);
  const looks = verdicts.filter((_, index) => index % 2 === 1);
  expect(linesOf(looks)).toEqual(looks.map(() => 'discard: no difference'));
  expect([...state.ended.values()].filter(({ outcome }) => outcome.kind === 'fault')).toEqual([]);
  expect(lab.git('status', '--porcelain')).toBe('');
});

test('an edit outside scope is invalid: its commit is kept under its ref, and never run', async () => {
  using lab = createScriptLab([], { 'locked.txt': 'locked\n' });
  const write = (path: string): FileChange[] => [{ kind: 'write', path, content: 'echo score: 1\n' }];
  const changes: FileChange[][] = [
    write('locked.txt'),
    [...write('trial.sh'), ...write('new.txt')],
    write('program.md'),
    write('.ratchet/x'),
    [{ kind: 'delete', path: 'locked.txt' }],
    write('../above.txt'),
    write('/absolute.txt'),
    write('.git/hooks/post-checkout'),
    write('.GIT/config'),
    write('trial.sh/../../above.txt'),
  ];
  const { state } = await researchLab(lab, { researcher: draftingResearcher(changes) });
  expect(linesOf(verdictsOf(state))).toEqual(
    changes.map((files) => {
      const outside = files.map(({ path }) => path).filter((path) => path !== 'trial.sh');
      return `invalid: changes ${outside.join(', ')}: not among what the program lets a researcher edit`;
    }),
  );
  expect([...state.ended.values()].map(({ purpose }) => purpose)).toEqual(['champion']);
  const kept = lab.git('show', `refs/ratchet/${state.study.study}/1:locked.txt`);
  expect(kept).toBe('echo score: 1');
});

test('changes that no commit can hold are invalid, and the study goes on', async () => {
  using lab = createTemporaryLab({
    program: ['edit: [src]', 'run: sh run.sh'],
    files: { 'src/a.txt': '', 'run.sh': 'echo score: 1\n' },
  });
  const write = (path: string): FileChange => ({ kind: 'write', path, content: 'x' });
  const changes: FileChange[][] = [
    [write('src/a.txt/below')],
    [write('src')],
    [write('src/b.txt'), write('src/b.txt')],
    [{ kind: 'delete', path: 'src/nothing.txt' }],
    [write('src/bad\0name')],
    [write(`src/${'long'.repeat(2000)}`)],
    [write('src/fine.txt')],
  ];
  const { state } = await researchLab(lab, { researcher: draftingResearcher(changes) });
  const words = verdictsOf(state).map(({ verdict }) => verdict);
  expect(words).toEqual([...changes.slice(1).map(() => 'invalid'), 'discard']);
});

test('a link or a submodule in the place of an editable file is not shown to a researcher, nor followed', async () => {
  using lab = createTemporaryLab({
    program: ['edit: ["*.mjs"]', 'run: sh run.sh'],
    files: { 'value.mjs': '', 'run.mjs': '', 'run.sh': 'echo score: 1\n' },
  });
  execFileSync('ln', ['-s', '/etc/passwd', join(lab.folder, 'linked.mjs')]);
  lab.git('init', '--quiet', 'module.mjs');
  lab.git('-C', 'module.mjs', 'commit', '--quiet', '--allow-empty', '--message=inside');
  lab.git('-c', 'advice.addEmbeddedRepo=false', 'add', '--all');
  lab.git('commit', '--quiet', '--message=links');
  let shown: string[] = [];
  const { ending } = await researchLab(lab, {
    researcher: {
      name: 'reader',
      propose: async ({ sources }) => {
        shown = [...sources.keys()];
        return [];
      },
    },
  });
  expect(ending).toEqual({ kind: 'exhausted' });
  expect(shown.toSorted()).toEqual(['run.mjs', 'value.mjs']);
});

test('only a plain artifact crosses to the evaluation', async () => {
  using lab = createEvaluatedLab();
  const { verdicts } = await tryScripts(lab, [
    'true',
    'ln -s /etc/hostname answer.txt',
    'mkdir answer.txt',
    'mkfifo answer.txt',
    'echo "!" > answer.txt',
    'printf 12345 > answer.txt',
  ]);
  expect(linesOf(verdicts)).toEqual([
    'invalid: the run left no answer.txt',
    'invalid: answer.txt is not a plain file',
    'invalid: answer.txt is not a plain file',
    'invalid: answer.txt is not a plain file',
    'invalid: the evaluation refused it, exit code 1: answer.txt holds a !',
    'keep: better by 5 points',
  ]);
});

test('an artifact that cannot be read is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-artifacts-'));
  const from = join(folder, 'from');
  const to = join(folder, 'to');
  const crossing = (name: string) => crossArtifacts([name], from, to, 1024);
  try {
    for (const place of [from, to]) mkdirSync(place);
    writeFileSync(join(from, 'plain'), 'whole');
    mkdirSync(join(from, 'closed'));
    writeFileSync(join(from, 'closed', 'file'), '');
    chmodSync(join(from, 'plain'), 0);
    chmodSync(join(from, 'closed'), 0);
    // Root reads whatever it likes.
    if (process.getuid?.() !== 0) {
      expect(await crossing('plain')).toEqual({ kind: 'refused', reason: 'plain cannot be read: EACCES' });
      expect(await crossing('closed/file')).toMatchObject({ kind: 'refused' });
    }
    symlinkSync('around', join(from, 'around'));
    expect(await crossing('around/file')).toEqual({ kind: 'refused', reason: 'around is not a folder' });
  } finally {
    chmodSync(join(from, 'closed'), 0o700);
    rmSync(folder, { recursive: true });
  }
});

test('an artifact is written over a link among the files of the lab, and never through it', async () => {
  using lab = createEvaluatedLab();
  const outside = join(lab.root, '..', 'outside.txt');
  writeFileSync(outside, 'untouched');
  symlinkSync(outside, join(lab.folder, 'answer.txt'));
  lab.git('add', '--all');
  lab.git('commit', '--quiet', '--message=a link');
  lab.write('trial.sh', 'rm answer.txt; printf 0123456789 > answer.txt\n');
  const { verdicts } = await tryScripts(lab, ['rm answer.txt; printf 12345 > answer.txt']);
  expect(linesOf(verdicts)).toEqual(['keep: better by 5 points']);
  expect(readFileSync(outside, 'utf8')).toBe('untouched');
});

test('a run that fails and removes the folder of its own output is a crash, and the study goes on', async () => {
  using lab = createScriptLab();
  const { verdicts } = await tryScripts(lab, ['rm -rf "$PWD/../../../trials"; exit 3', 'echo score: 9']);
  expect(linesOf(verdicts)).toEqual(['crash: exit code 3', 'keep: better by 1 points']);
});

test('checks are run on the commit, whatever its run made of the folder', async () => {
  using lab = createEvaluatedLab(['checks: sh check.sh'], {
    'check.sh': 'grep -q forged trial.sh && { echo "it forges"; exit 1; }; exit 0\n',
  });
  const answer = (length: number) => `printf %${length}s x > answer.txt`;
  const { verdicts } = await tryScripts(lab, [
    `${answer(9)}; echo "exit 0" > trial.sh # forged`,
    `${answer(9)}; rm -f trial.sh; mkdir trial.sh`,
    `${answer(8)}; echo forged > trial.sh`,
  ]);
  expect(linesOf(verdicts)).toEqual([
    'invalid: the checks failed, exit code 1: it forges',
    'keep: better by 1 points',
    'invalid: the checks failed, exit code 1: it forges',
  ]);
});

test('a run that touches a locked file is invalid, whatever it scored, and its commit is kept', async () => {
  using lab = createScriptLab([], { 'locked.txt': 'locked\n', 'other.txt': 'other\n' });
  const { verdicts, state } = await tryScripts(lab, [
    'echo score: 9; echo better > locked.txt',
    'echo score: 9; rm locked.txt',
    'echo score: 9; rm locked.txt; ln -s other.txt locked.txt',
    'echo score: 9; chmod 755 locked.txt; touch -d 2001-01-01 other.txt',
    'echo score: 9; rm -rf "$PWD"; exit 0',
    'echo score: 8; echo locked > locked.txt; touch new.txt; echo fine > trial.sh',
  ]);
  expect(linesOf(verdicts)).toEqual([
    'invalid: its run changed locked.txt: locked files',
    'invalid: its run changed locked.txt: locked files',
    'invalid: its run changed locked.txt: locked files',
    'keep: better by 1 points',
    'invalid: its run changed locked.txt, other.txt, program.md: locked files',
    'keep: better by 1 points',
  ]);
  for (const { proposal } of state.experiments.values())
    expect(lab.git('cat-file', '-t', proposal.commit)).toBe('commit');
});

test('every trial finds in its caches what the baseline left there, and nothing of a candidate', async () => {
  using lab = createEvaluatedLab(['checks: sh check.sh'], {
    'trial.sh': 'echo trial >> "$RATCHET_CACHE/mine"; printf 0123456789 > answer.txt\n',
    'evaluate.sh':
      'if [ -e "$RATCHET_CACHE/mine" ]; then echo score: 1; exit 0; fi\n' +
      'echo trial >> "$RATCHET_CACHE/evaluations"; wc -c < answer.txt | sed "s/^/score: /"\n' +
      'wc -l < "$RATCHET_CACHE/evaluations" | sed "s/^/evaluations: /"\n',
    'check.sh': 'test ! -e "$RATCHET_CACHE/mine"\n',
  });
  const { verdicts, state } = await tryScripts(lab, [
    'wc -l < "$RATCHET_CACHE/mine" > /dev/null && printf 123456789 > answer.txt; echo >> "$RATCHET_CACHE/mine"',
    'test "$(wc -l < "$RATCHET_CACHE/mine")" -eq 1 && printf 12345678 > answer.txt',
  ]);
  expect(linesOf(verdicts)).toEqual(['keep: better by 1 points', 'keep: better by 1 points']);
  const evaluations = [...state.ended.values()].map(({ outcome }) =>
    outcome.kind === 'completed' ? outcome.others.evaluations : undefined,
  );
  expect(evaluations).toEqual([1, 2, 2]);
});

test('a score that the run itself tells counts for nothing where there is an evaluation', async () => {
  using lab = createEvaluatedLab();
  const { verdicts } = await tryScripts(lab, [
    'printf 0123456789 > answer.txt; echo score: 1',
    `printf 0123456789 > answer.txt; echo '{"score":1}' > "$RATCHET_METRICS"`,
    // Where the evaluation will tell its score, and what it will run.
    `printf 0123456789 > answer.txt; echo '{"score":1}' > "\${RATCHET_METRICS%/*}/evaluate.jsonl"`,
    'printf 0123456789 > answer.txt; echo "echo score: 1" > evaluate.sh',
  ]);
  expect(linesOf(verdicts)).toEqual(verdicts.map(() => 'discard: no difference'));
});

test('nothing of a candidate is left when the study has ended, but its log', async () => {
  using lab = createScriptLab();
  const { state } = await tryScripts(lab, ['mkdir -p a/b; chmod 000 a; mkfifo p; echo score: 9']);
  const folder = join(lab.folder, '.ratchet', state.study.study);
  expect(existsSync(join(folder, 'slots'))).toBe(false);
  expect(readdirSync(join(folder, 'trials', '2'))).toEqual(['output.log']);
  expect(readFileSync(join(folder, 'trials', '2', 'output.log'), 'utf8')).toBe('score: 9\n');
});
