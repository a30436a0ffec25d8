import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { COMMAND, ratchet } from './command.ts';
import { createTemporaryLab } from './temporary-lab.ts';

/**
 * Runs its arguments on a terminal of their own, and hangs up once the live view shows a verdict: what a lost SSH
 * connection does. The leader of the session is a shell, as it is there, and dies of it.
 */
const HANG_UP = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('/bin/sh', ['sh', '-c', '"$@"; true', 'sh', *sys.argv[1:]])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
shown = b''
while b'keep' not in shown and b'discard' not in shown:
    shown = (shown + os.read(terminal, 65536))[-200000:]
os.close(terminal)
os.waitpid(pid, 0)
`;

interface Status {
  readonly experiments: { readonly judged: number };
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
const required = process.env.RATCHET_REQUIRE_ALL === '1';

test.skipIf(!hasPython && !required)(
  'a lost terminal does not end a study: the engine works on until it is asked to stop (needs python3)',
  async () => {
    // Enough to move for longer than any machine takes to notice the loss, and never a better score.
    const numbers = ['width', 'depth', 'height', 'length', 'weight', 'speed', 'angle', 'force'];
    using lab = createTemporaryLab({
      program: ["run: 'sleep 0.2; echo score: 1'"],
      files: { 'value.mjs': numbers.map((name) => `export const ${name} = 3.7;\n`).join('') },
    });
    const run = [process.execPath, COMMAND, 'run', '--slots', '1', '--seed', '1'];
    const terminal = spawn('python3', ['-c', HANG_UP, ...run], {
      cwd: lab.folder,
      env: { ...process.env, TERM: 'xterm' },
      stdio: 'ignore',
    });
    const [code] = await once(terminal, 'exit');
    expect(code).toBe(0);
    const judged = async () =>
      (JSON.parse((await ratchet(['status', '--json'], { cwd: lab.folder })).stdout) as Status).experiments
        .judged;
    const atHangUp = await judged();
    while ((await judged()) <= atHangUp + 1) await sleep(100);
    const stopped = await ratchet(['stop'], { cwd: lab.folder });
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
  },
);
