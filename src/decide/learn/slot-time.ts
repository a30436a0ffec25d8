import { onceATrial } from './once-a-trial.ts';

/** What all ended trials of a study have taken, in seconds of a slot. */
export interface SlotTime {
  readonly all: number;
  readonly certify: number;
  readonly audit: number;
}

export const slotTimeOf = onceATrial((state): SlotTime => {
  const seconds = { all: 0, certify: 0, audit: 0 };
  for (const { purpose, usage } of state.ended.values()) {
    seconds.all += usage.wallSeconds;
    if (purpose === 'certify' || purpose === 'audit') seconds[purpose] += usage.wallSeconds;
  }
  return seconds;
});
