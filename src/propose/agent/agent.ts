import type { Endpoint } from '../../process/gate.ts';

/** A coding agent of this machine, ready to be started: what it is given beside its folder, and nothing else. */
export interface Agent {
  /** As the ledger names it: `agent:codex`. */
  readonly name: string;
  /** The program, by its absolute path, and its words: it speaks the Agent Client Protocol on its input and output. */
  readonly program: readonly string[];
  /** Beside what every agent has: PATH, HOME, TMPDIR and the language. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files of its own home folder, by their path in it. */
  readonly home: Readonly<Record<string, Uint8Array | string>>;
  /** Where it may connect to. */
  readonly endpoints: readonly Endpoint[];
  /** Ways to log in that need no person, in the protocol's names, in the order in which they are tried. */
  readonly logins: readonly string[];
  /** What a person does so that it is logged in. */
  readonly mend: string;
  /** Texts that no reason, hypothesis or change of its may hold: keys. */
  readonly secrets: readonly string[];
}

/** @returns the text with every secret of the agent's blotted out */
export function withoutSecrets(text: string, { secrets }: Pick<Agent, 'secrets'>): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

export function holdsSecret(text: string, { secrets }: Pick<Agent, 'secrets'>): boolean {
  return secrets.some((secret) => text.includes(secret));
}
