/** One engine under test: a process that takes as many steps as it is told and says what they cost. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Taken {
  /** User and system time of the whole process. */
  readonly cpuSeconds: number;
  /** Loss of the last step, in nats a byte. */
  readonly loss: number;
}

export interface Contender {
  steps(count: number): Promise<Taken>;
  stop(): Promise<void>;
}

const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export function startContender(command: string, args: readonly string[]): Contender {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...ONE_THREAD },
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async steps(count) {
      child.stdin.write(`${count}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${command} ${args.join(' ')}: ended before it had taken its steps`);
      return JSON.parse(value) as Taken;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
