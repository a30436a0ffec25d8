import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is installed: exactly these versions, and nothing of it in this project. */
const PACKAGES = {
  'opencode-ai': '1.18.33',
  '@openai/codex': '0.169.0',
  '@agentclientprotocol/codex-acp': '2.6.0',
};

/** Agents in a temporary folder, which is removed with them. */
export interface InstalledAgents extends Disposable {
  /** Where their programs are. */
  readonly programs: string;
}

export function installAgents(): InstalledAgents {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-agents-')));
  // opencode fetches nothing at its installation: its script puts the right one of its programs in its place.
  const wish = { private: true, dependencies: PACKAGES, allowScripts: { 'opencode-ai': true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(wish));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  return {
    programs: join(folder, 'node_modules', '.bin'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
