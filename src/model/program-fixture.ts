import type { Digest } from './identity.ts';
import type { Program } from './program.ts';

/** For tests and simulations: a program that asks for nothing, with what is given in its place. */
export function plainProgram(own: Pick<Program, 'objective'> & Partial<Program>): Program {
  return {
    edit: ['*'],
    provide: [],
    validation: [],
    sandbox: { network: false, read: [], write: [] },
    run: 'true',
    scoring: { kind: 'candidate-reported' },
    trial: { clock: 'cpu', seconds: 1 },
    graceSeconds: 1,
    limits: [],
    guards: [],
    resources: { cpus: 1, gpus: 0 },
    deterministic: false,
    prose: '',
    digest: '' as Digest,
    ...own,
  };
}
