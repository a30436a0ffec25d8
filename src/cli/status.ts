import type { Command } from 'commander';
import { settingOf } from '../decide/learn/setting.ts';
import { readLive, slotStates } from '../engine/live.ts';
import { engineAtWork } from '../engine/lock.ts';
import { gain } from '../model/objective.ts';
import type { Score } from '../model/standing.ts';
import { activeSecondsAt } from '../model/study.ts';
import { budgetOf, usedByStudy } from '../record/findings/budget.ts';
import { countVerdicts, judgedAnHour } from '../record/findings/counts.ts';
import { confinementText } from './confinement-text.ts';
import { limitsOfLab } from './limits-of-lab.ts';
import { columnsOf, printJson, printLines, wantsColour } from './output.ts';
import {
  choiceOf,
  openStudyToRead,
  type ReadStudy,
  type StudyChoice,
  withLabAndStudy,
} from './read-study.ts';
import { standingOf } from './standing.ts';
import { fitRow, paint } from './terminal/paint.ts';
import { budgetLeft, slotRows } from './terminal/rows.ts';
import { renderSummary } from './terminal/summary.ts';
import { type LiveView, slotViews } from './terminal/view.ts';

/** Slots that are listed; a cluster's are counted beyond that. */
const MOST_SLOTS = 64;

export function registerStatus(program: Command): void {
  withLabAndStudy(program.command('status'))
    .description('where a study stands, and what the engine at work on it does')
    .option('--json', 'one JSON object')
    .action(async (lab: string | undefined, options: StudyChoice & { json?: true }, command: Command) => {
      using study = await openStudyToRead(choiceOf(lab, options));
      const { view, pid } = await viewOf(study);
      if (options.json) printJson(statusOf(study, view, pid));
      else printLines(statusLines(view, pid, wantsColour(process.stdout, command)));
    });
}

/** A study as it stands now, seen from outside the engine; `pid` is that of the engine at work, if it is known. */
async function viewOf(study: ReadStudy): Promise<{ view: LiveView; pid: number | undefined }> {
  const { folder, lab, state } = study;
  const working = engineAtWork(folder);
  const live = working && readLive(folder);
  // Without an engine time stands still, even where one died and could not say so.
  const now = working ? Date.now() : state.lastEventAt;
  const phase = working ? (live?.course ?? 'running') : 'stopped';
  const slots = live ? slotViews(slotStates(live, state), state) : [];
  const budget = budgetOf(await limitsOfLab(lab.folder), usedByStudy(state, now));
  const view: LiveView = { lab: lab.name, state, slots, budget, phase, seat: 'elsewhere', now };
  return { view, pid: working?.pid };
}

function statusLines(view: LiveView, pid: number | undefined, colour: boolean): string[] {
  const columns = columnsOf(process.stdout);
  const engine =
    view.phase === 'stopped' ? 'none at work' : `${view.phase}${pid === undefined ? '' : `, pid ${pid}`}`;
  const budget = view.budget.map(budgetLeft).join(' · ');
  const slots = slotRows(view.slots, Math.min(columns, 120), MOST_SLOTS).map((row) =>
    paint(fitRow(row, columns), colour),
  );
  const facts: [string, string][] = [
    ['engine', engine],
    ['sandbox', confinementText(view.state.engine?.confinement)],
    ...(budget === '' ? [] : [['budget', budget] satisfies [string, string]]),
  ];
  return [...renderSummary(view, { columns, colour }, facts), ...(slots.length === 0 ? [] : ['', ...slots])];
}

/** What `status --json` prints; null stands for what is not known yet. */
function statusOf(study: ReadStudy, view: LiveView, pid: number | undefined) {
  const { state, phase, now } = view;
  const standing = standingOf(state);
  const seconds = activeSecondsAt(state, now);
  const { champion, baseline } = standing;
  const { objective } = state.study;
  return {
    study: study.id,
    lab: study.lab.folder,
    branch: `ratchet/${study.id}`,
    engine: { phase, pid: pid ?? null, slots: view.slots },
    objective,
    baseline: { commit: state.study.baseline, score: scoreJson(baseline) },
    champion: { commit: standing.commit, experiments: standing.stack, score: scoreJson(champion) },
    gain: champion && baseline ? gain(objective, baseline.value, champion.value) : null,
    experiments: {
      judged: state.judged,
      open: state.open.size,
      verdicts: Object.fromEntries(countVerdicts(state)),
    },
    confinement: state.engine?.confinement ?? null,
    judge: judgeOf(state),
    spending: Object.fromEntries(state.spending),
    failing: Object.fromEntries(state.failing),
    activeSeconds: seconds,
    experimentsPerHour: seconds > 0 ? (judgedAnHour(state, now) ?? 0) : null,
    budget: view.budget,
  };
}

function scoreJson(score: Score | undefined) {
  return score ? { value: score.value, source: score.source, trials: score.trials } : null;
}

/** What the judge goes by, null before the first trial and for a judge that goes by scores alone. */
function judgeOf(state: ReadStudy['state']) {
  const conditions = [...state.ended.values()].at(-1)?.conditions;
  if (conditions === undefined || state.engine?.judge === 'greedy') return null;
  const { noise, tellable, gains, rate, stopRisk, expectedLuck, discoveries } = settingOf(state, conditions);
  return {
    noise,
    tellable: { inOne: tellable.inOne ?? null, inFour: tellable.inFour ?? null },
    gains,
    rate,
    stopRisk: stopRisk ?? null,
    expectedLuck,
    discoveries,
    certified: state.certificates.flatMap(({ of }) => (of.kind === 'change' ? of.experiment : [])),
    withdrawn: [...state.withdrawn.keys()],
  };
}
