import { describe, expect, it } from 'vitest';
import type { ExperimentId } from '../../model/identity.ts';
import { createRandom } from '../../model/random.ts';
import { createStudy, verdictOf } from '../fixtures/play.ts';
import { numberSite } from '../fixtures/sites.ts';
import { type Ablation, ablationOf } from './ablation.ts';
import { historyOf } from './history.ts';
import { editOf } from './move.ts';

type Study = ReturnType<typeof createStudy>;

/** An experiment whose parts are like `x 1 2`; kept unless said otherwise. */
function tried(study: Study, edits: readonly string[], gain = 0.5): ExperimentId {
  const edit = edits
    .map((part) => part.split(' '))
    .map(([name, from, value]) => `a.ts#number:${name}=${value} was ${from}`)
    .join('; ');
  const experiment = study.add({ hypothesis: 'h', category: 'other', edit });
  study.judge(experiment, verdictOf(1, 1 - gain));
  return experiment;
}

/** All that may be put back in a file with these values. */
function ablations(study: Study, values: Readonly<Record<string, number>>): Ablation[] {
  const sites = Object.entries(values).map(([name, value]) =>
    numberSite(value, { id: `a.ts#number:${name}` }),
  );
  const byId = new Map(sites.map((site) => [site.id, site]));
  const [champion] = study.state.champions.values();
  const found = new Map<number, Ablation>();
  for (let seed = 1; seed <= 40; seed++) {
    const ablation = ablationOf(
      study.state,
      champion?.stack ?? [],
      byId,
      historyOf(study.state),
      createRandom(seed),
    );
    if (ablation !== undefined) found.set(ablation.kept, ablation);
  }
  return [...found.values()].toSorted((a, b) => a.kept - b.kept);
}

const edits = ({ moves }: Ablation) =>
  moves.map(editOf).map(({ site, from, value }) => `${site} ${from} ${value}`);
const keptIn = (found: readonly Ablation[]) => found.map(({ kept }) => kept);

describe('what may be put back', () => {
  it('is each kept change but the last, as it was before it', () => {
    const study = createStudy({});
    tried(study, ['x 1 2']);
    tried(study, ['y 1 2'], -1);
    tried(study, ['y 5 6', 'z 7 8']);
    tried(study, ['w 1 2']);
    const found = ablations(study, { x: 2, y: 6, z: 8, w: 2 });
    expect(keptIn(found)).toEqual([1, 3]);
    expect(found.map(({ since }) => since)).toEqual([2, 1]);
    expect(edits(found[0]!)).toEqual(['a.ts#number:x 2 1']);
    expect(edits(found[1]!)).toEqual(['a.ts#number:y 6 5', 'a.ts#number:z 8 7']);
  });

  it('is nothing before two were kept', () => {
    const study = createStudy({});
    expect(ablations(study, { x: 1 })).toEqual([]);
    tried(study, ['x 1 2']);
    expect(ablations(study, { x: 2 })).toEqual([]);
  });

  it('is never what is certified', () => {
    const study = createStudy({});
    const first = tried(study, ['x 1 2']);
    tried(study, ['y 1 2']);
    tried(study, ['z 1 2']);
    study.state.certificates = [
      {
        of: { kind: 'change', experiment: first, champion: study.brief().champion },
        method: 'switch-off',
        logE: 7,
        effect: { value: 1, low: 0.5, high: 1.5 },
        trials: 20,
      },
    ];
    expect(keptIn(ablations(study, { x: 2, y: 2, z: 2 }))).toEqual([2]);
  });

  it('is never what was put back already, judged or still open', () => {
    const study = createStudy({});
    tried(study, ['x 1 2']);
    tried(study, ['y 1 2']);
    tried(study, ['z 1 2']);
    const values = { x: 2, y: 2, z: 2 };
    tried(study, ['x 2 1'], -1);
    expect(keptIn(ablations(study, values))).toEqual([2]);
    study.add({ hypothesis: 'h', category: 'other', edit: 'a.ts#number:y=1 was 2' });
    expect(ablations(study, values)).toEqual([]);
  });

  it('is no value that has moved on since, nor half of a change', () => {
    const study = createStudy({});
    tried(study, ['x 1 2', 'y 1 2']);
    tried(study, ['x 2 4']);
    tried(study, ['z 1 2']);
    expect(keptIn(ablations(study, { x: 4, y: 2, z: 2 }))).toEqual([2]);
  });

  it('is nothing that is not in the file any more, nor a removal', () => {
    const study = createStudy({});
    tried(study, ['gone 1 2']);
    const removal = study.add({ hypothesis: 'h', category: 'other', edit: 'a.ts#term:f:1=removed' });
    study.judge(removal, verdictOf(1, 0.5));
    tried(study, ['x 1 2']);
    expect(ablations(study, { x: 2 })).toEqual([]);
  });
});
