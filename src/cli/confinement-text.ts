import type { ConfinementKind } from '../model/event.ts';
import type { Enforcement } from '../process/enforcement.ts';

/** What must not be overlooked where nothing holds the trials; undefined where something does. */
export function confinementWarning({ sandbox }: Enforcement): string | undefined {
  switch (sandbox.kind) {
    case 'bubblewrap':
      return undefined;
    case 'sandbox-exec':
      return 'the sandbox of macOS is untested: see "ratchet doctor" for what it holds';
    case 'none':
      return (
        `NO SANDBOX: ${sandbox.reason}. Candidates are code that nobody has read, and can read, change and send whatever ` +
        'you can. "ratchet doctor" says how to get a sandbox.'
      );
    default:
      return sandbox satisfies never;
  }
}

/** What holds the trials of a study, as its ledger says. */
export function confinementText(confinement: ConfinementKind | undefined): string {
  if (confinement === undefined || confinement.sandbox === 'none')
    return 'none: candidates can do what you can';
  const limits = confinement.limits === 'sampled' ? 'limits by looking' : `limits by ${confinement.limits}`;
  return `${confinement.sandbox}, ${limits}`;
}
