import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studiesOnDisk } from '../src/engine/studies.ts';
import { endOf, ratchet, startRatchet } from './command.ts';
import { createTemporaryLab, type TemporaryLab } from './temporary-lab.ts';

/** A lab that `search` improves at once. */
function createEasyLab(): TemporaryLab {
  return createTemporaryLab({ below: 'labs/easy', program: ['deterministic: true'] });
}

function runEasy(lab: TemporaryLab, experiments: number) {
  const limits = ['--experiments', String(experiments), '--slots', '1', '--seed', '1'];
  return ratchet(['run', 'labs/easy', ...limits, '--researcher', 'search'], { cwd: lab.root });
}

function leftBy(lab: TemporaryLab): { html: string; markdown: string } {
  const root = join(lab.folder, '.ratchet', studiesOnDisk(lab.folder)[0]!);
  return {
    html: readFileSync(join(root, 'report.html'), 'utf8'),
    markdown: readFileSync(join(root, 'report.md'), 'utf8'),
  };
}

test('every run leaves a report and names it; "ratchet report" tells the same, printed, as files and as JSON', async () => {
  using lab = createEasyLab();
  const ran = await runEasy(lab, 3);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(/^report +labs\/easy\/\.ratchet\/[\w-]+\/report\.html$/m);
  const left = leftBy(lab);
  expect(left.markdown).toMatch(/^# easy$/m);
  expect(left.markdown).toMatch(
    /^\*\*Better: score went from 10\.0+ to \S+ points \(-\S+%\) by \d+ kept changes?\.\*\*$/m,
  );

  const printed = await ratchet(['report', 'labs/easy'], { cwd: lab.root });
  expect(printed).toMatchObject({ code: 0, stderr: '', stdout: left.markdown });
  const files = await ratchet(['report', '--lab', 'labs/easy', '--html', 'a.html', '--md', 'a.md'], {
    cwd: lab.root,
  });
  expect(files).toMatchObject({ code: 0, stdout: 'wrote a.html\nwrote a.md\n' });
  expect(readFileSync(join(lab.root, 'a.html'), 'utf8')).toBe(left.html);
  expect(readFileSync(join(lab.root, 'a.md'), 'utf8')).toBe(left.markdown);
  const json = JSON.parse((await ratchet(['report', 'labs/easy', '--json'], { cwd: lab.root })).stdout);
  expect(json.headline).toMatchObject({ kind: 'champion', assurance: 'as measured' });
  expect(json.chart.points).toHaveLength(3);
});

test('each kind of command that a report names exists, and finds what it is to show', async () => {
  using lab = createEasyLab();
  expect(await runEasy(lab, 2)).toMatchObject({ code: 0 });
  const commands = [...leftBy(lab).markdown.matchAll(/^ratchet (log|diff|show|replay) (.*?) {2}#/gm)];
  const byVerb = new Map(commands.map(([, verb, rest]) => [verb!, rest!]));
  expect([...byVerb.keys()].toSorted()).toEqual(['diff', 'log', 'replay', 'show']);
  for (const [verb, rest] of byVerb) {
    const ended = await ratchet([verb, ...rest.trim().split(/ +/)], { cwd: lab.root });
    expect(ended, verb).toMatchObject({ code: 0, stderr: '' });
  }
});

test('Ctrl-C leaves a report too', async () => {
  using lab = createTemporaryLab({ program: ["run: 'sleep 0.2; echo score: 1'"] });
  const child = startRatchet(['run', '--slots', '1', '--researcher', 'search'], { cwd: lab.folder });
  const ending = endOf(child);
  // The baseline is measured before the first verdict is told.
  await new Promise<void>((resolve) => {
    let shown = '';
    child.stdout!.on('data', (text: string) => {
      shown += text;
      if (/discard|keep/.test(shown)) resolve();
    });
  });
  child.kill('SIGINT');
  const { stdout } = await ending;
  expect(stdout).toMatch(/^report +\.ratchet\/[\w-]+\/report\.html$/m);
  expect(leftBy(lab).markdown).toContain('Nothing better than the baseline yet');
});

test('a report that cannot be written is a notice, and the run ends as it would', async () => {
  using lab = createEasyLab();
  const args = ['run', '--experiments', '1', '--slots', '1', '--seed', '1', '--researcher', 'search'];
  expect(await ratchet(args, { cwd: lab.folder })).toMatchObject({ code: 0 });
  const place = join(lab.folder, '.ratchet', studiesOnDisk(lab.folder)[0]!, 'report.html');
  rmSync(place);
  // A folder stands where the file would be.
  mkdirSync(place);
  writeFileSync(join(place, 'mine.txt'), 'mine\n');
  const again = await ratchet(args, { cwd: lab.folder });
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/^note: the report could not be written: .*; "ratchet report" prints it$/m);
  expect(existsSync(join(place, 'mine.txt'))).toBe(true);
  expect(existsSync(`${place}.part`)).toBe(false);
  expect(await ratchet(['report'], { cwd: lab.folder })).toMatchObject({ code: 0 });
});

test('a place that cannot be written is told with its mend', async () => {
  using lab = createEasyLab();
  const args = ['run', '--experiments', '1', '--slots', '1', '--seed', '1', '--researcher', 'search'];
  await ratchet(args, { cwd: lab.folder });
  const ended = await ratchet(['report', '--html', 'missing/a.html'], { cwd: lab.folder });
  expect(ended).toMatchObject({
    code: 2,
    stderr:
      'ratchet: missing/a.html cannot be written, since the folder missing does not exist: make it, or name another\n',
  });
});
