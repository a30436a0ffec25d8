import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { processTable } from '../src/process/this-machine.ts';
import { endOf, isRunning, ratchet, startRatchet } from './command.ts';
import { createTemporaryLab, type LabFiles, type TemporaryLab } from './temporary-lab.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/agent/agent.mjs', import.meta.url));
const agent = (mode: string) => `agent:${process.execPath} ${SCRIPT} ${mode}`;

/** Its score is the number in one file; smaller is better. */
const LAB: LabFiles = {
  files: {
    'value.mjs': 'export const value = 1000;\n',
    'run.mjs': "import { value } from './value.mjs';\nconsole.log('score:', value);\n",
  },
};

/** The processes of a lab's agent. */
function processesOf({ folder }: TemporaryLab): number[] {
  const environmentOf = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8');
    } catch {
      return '';
    }
  };
  return processTable()
    .pids()
    .filter((pid) => {
      const environment = environmentOf(pid);
      return environment.includes('RATCHET_TRIAL=agent-') && environment.includes(folder);
    });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

const placesIn = ({ folder }: TemporaryLab) => readdirSync(join(folder, '.ratchet', 'agents'));

test('an engine that is killed leaves no agent, and the next one removes its folders, a login in them', async () => {
  using lab = createTemporaryLab(LAB);
  const args = ['run', '--researcher', agent('hang'), '--slots', '1'];
  const engine = startRatchet(args, { cwd: lab.folder });
  onTestFinished(() => void engine.kill('SIGKILL'));
  await until(() => processesOf(lab).some((pid) => commandOf(pid).includes(SCRIPT)));
  const left = placesIn(lab);
  expect(left).toHaveLength(1);
  const gate = readFileSync(join(lab.folder, '.ratchet', 'agents', left[0]!, 'gate'), 'utf8');
  expect(existsSync(gate)).toBe(true);
  engine.kill('SIGKILL');
  await endOf(engine);
  await until(() => processesOf(lab).filter(isRunning).length === 0);

  const next = ['run', '--researcher', agent('good'), '--experiments', '1', '--slots', '1'];
  const ended = await ratchet(next, { cwd: lab.folder });
  expect(ended).toMatchObject({ code: 0 });
  expect(placesIn(lab)).toEqual([]);
  expect(existsSync(gate)).toBe(false);
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

test('Ctrl-C twice ends a thought at once', async () => {
  using lab = createTemporaryLab(LAB);
  const engine = startRatchet(['run', '--researcher', agent('hang'), '--slots', '1'], { cwd: lab.folder });
  const ended = endOf(engine);
  await until(() => processesOf(lab).some((pid) => commandOf(pid).includes(SCRIPT)));
  engine.kill('SIGINT');
  engine.kill('SIGINT');
  await ended;
  expect(processesOf(lab)).toEqual([]);
  expect(placesIn(lab)).toEqual([]);
});
