import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Researcher } from '../../src/model/researcher.ts';

/** Numbers that the built-in search may move. */
const SETTINGS = 400;

/** A repository of 100 files whose trial prints a number and does nothing else. Returns its folder. */
export function makeLab(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-overhead-'));
  mkdirSync(join(folder, 'src'));
  for (let file = 0; file < 98; file++) {
    writeFileSync(join(folder, 'src', `module-${file}.js`), `export const number = ${file};\n`.repeat(40));
  }
  const settings = Array.from(
    { length: SETTINGS },
    (_, index) => `export const setting${index} = ${index + 1};\n`,
  );
  writeFileSync(join(folder, 'settings.js'), settings.join(''));
  const front = ['objective: score', 'edit: [settings.js]', 'run: "echo score: 1"', 'direction: minimize'];
  writeFileSync(
    join(folder, 'program.md'),
    `---\n${front.join('\n')}\nbudget: { trial: 10s }\n---\nNothing.\n`,
  );
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@localhost', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=lab');
  return folder;
}

/** Each proposal is a new number in place of the one editable file. */
export const counting: Researcher = {
  name: 'counting',
  propose: async ({ state }, count) =>
    Array.from({ length: count }, (_, index) => {
      const number = state.nextExperiment + index;
      return {
        hypothesis: `write ${number}`,
        category: 'other' as const,
        edit: `number=${number}`,
        changes: [
          { kind: 'write' as const, path: 'settings.js', content: `export const setting = ${number};\n` },
        ],
      };
    }),
};
