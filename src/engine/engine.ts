import type { Repository } from '../git/repository.ts';
import type { StudyFolder } from '../lab/folder.ts';
import type { Executor } from '../model/executor.ts';
import type { Judge } from '../model/judge.ts';
import type { StudyLimit } from '../model/limit.ts';
import type { Program } from '../model/program.ts';
import type { Researcher } from '../model/researcher.ts';
import type { Spending } from '../model/spending.ts';
import type { Conditions } from '../model/trial.ts';
import type { Enforcement } from '../process/enforcement.ts';
import type { Ledger } from '../record/ledger.ts';
import type { Bell } from './bell.ts';
import type { SlotBoard } from './board.ts';
import type { Errands } from './errands.ts';
import type { TrialsInFlight } from './in-flight.ts';

/** What the engine was asked to do last; a stop is never taken back. */
export type Course = 'running' | 'paused' | 'stopping' | 'stopping-now';

/** Everything that the loop works with, open for one study. */
export interface Engine {
  readonly program: Program;
  readonly folder: StudyFolder;
  readonly ledger: Ledger;
  readonly repository: Repository;
  readonly executor: Executor;
  /** What holds the study's own commands: trials have it by the executor. */
  readonly enforcement: Enforcement;
  readonly researcher: Researcher;
  readonly judge: Judge;
  readonly conditions: Conditions;
  /** Bounds of this run; those of the whole study stand in the program. */
  readonly limits: readonly StudyLimit[];
  /** Verdicts in the ledger, the seconds that the study had been worked on, and what models had been paid and proposed, when this engine started. */
  readonly start: {
    readonly judged: number;
    readonly activeSeconds: number;
    readonly spent: Spending;
    readonly paidProposals: number;
  };
  readonly board: SlotBoard;
  readonly inFlight: TrialsInFlight;
  readonly bell: Bell;
  readonly errands: Errands;
  /** What a person should know and no event says; each is shown once. */
  readonly notices: Set<string>;
  /** Aborts the trials in flight. */
  readonly abort: AbortSignal;
  readonly course: () => Course;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
