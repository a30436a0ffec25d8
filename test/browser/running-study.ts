import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startRatchet } from '../command.ts';
import { createTemporaryLab, type TemporaryLab } from '../temporary-lab.ts';

/** Lower is better, each number has its best at 1, and every trial tells of its progress. */
const RUN = `
import { appendFileSync } from 'node:fs';
import { numbers } from './numbers.mjs';
const score = Object.values(numbers).reduce((sum, value) => sum + Math.log(Math.abs(value) + 1e-3) ** 2, 0);
for (let step = 1; step <= 10; step++) {
  await new Promise((resolve) => setTimeout(resolve, 40));
  const line = { progress: step / 10, score: score + 5 * Math.exp(-step / 3) };
  appendFileSync(process.env.RATCHET_METRICS, JSON.stringify(line) + '\\n');
}
console.log('step by step');
appendFileSync(process.env.RATCHET_METRICS, JSON.stringify({ score }) + '\\n');
`;

const NAMES = ['width', 'depth', 'rate', 'decay', 'scale', 'shift'];

/** A lab that the built-in search finds much to do in, and that tells scores for as long as one likes. */
export function researchedLab(): TemporaryLab {
  const numbers = NAMES.map((name, index) => `  ${name}: ${(0.2 + 0.4 * index).toFixed(1)},`).join('\n');
  return createTemporaryLab({
    program: ['edit: [numbers.mjs]', 'minimumEffect: 0.001', 'deterministic: true'],
    files: { 'run.mjs': RUN, 'numbers.mjs': `export const numbers = {\n${numbers}\n};\n` },
  });
}

/** A command of this checkout that serves a page, and the address that it prints. */
export interface Serving {
  readonly child: ChildProcess;
  readonly address: string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export async function serving(args: readonly string[], lab: TemporaryLab): Promise<Serving> {
  const child = startRatchet(args, { cwd: lab.folder });
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    const hear = (text: string) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('exit', () => reject(new Error(`it ended, and said: ${said}`)));
  });
  return {
    child,
    address,
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
