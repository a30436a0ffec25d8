import { describe, expect, it } from 'vitest';
import type { ExperimentId } from '../../model/identity.ts';
import { createStudy, verdictOf } from '../fixtures/play.ts';
import { findSites } from '../sites/find.ts';
import { historyOf } from './history.ts';
import { type Landscape, landscapeOf } from './landscape.ts';
import { observationsOf } from './observations.ts';

const TEXT = `
type Activation = 'gelu' | 'relu' | 'silu';
const activation: Activation = 'gelu';
const rate = 0.1; // ratchet: 0.001..1 log
const share = 0.5; // ratchet: 0..1
const width = 64;
const depth = 2;
`;

type Study = ReturnType<typeof createStudy>;

/** An experiment on `name`, which stood at `from`; without a gain it is open, and with none that is a number it crashed. */
function moved(study: Study, edit: string, gain?: number): ExperimentId {
  const [name, from, value] = edit.split(' ');
  const family = name === 'activation' ? 'alternatives' : name === 'squash' ? 'term' : 'number';
  const line = `a.ts#${family}:${name}=${value} was ${from}`;
  const experiment = study.add({ hypothesis: 'h', category: 'other', edit: line });
  if (gain !== undefined) study.judge(experiment, verdictOf(1, Number.isNaN(gain) ? undefined : 1 - gain));
  return experiment;
}

async function landscape(study: Study, text = TEXT): Promise<Landscape> {
  const history = historyOf(study.state);
  const observations = observationsOf(study.state, study.brief().champion, history);
  return landscapeOf(await findSites('a.ts', text), history, observations, 'none');
}

const namesOf = ({ axes }: Landscape) => axes.map(({ site }) => site.name);

describe('the axes', () => {
  it('are what has a range before anything was moved', async () => {
    const first = await landscape(createStudy({}));
    expect(namesOf(first)).toEqual(['rate', 'share']);
    expect(first.isWhollyDeclared).toBe(true);
    expect([...first.here]).toEqual([expect.closeTo(2 / 3), 0.5]);
    expect(first.measured).toEqual([{ at: first.here, gain: 0, error: 0, seconds: 0, kind: 'measured' }]);
  });

  it('are joined by others once a move of those was measured, the most moved first', async () => {
    const study = createStudy({});
    moved(study, 'width 64 128', -1);
    moved(study, 'width 64 32');
    moved(study, 'activation gelu relu', Number.NaN);
    moved(study, 'depth 2 3', Number.NaN);
    expect(namesOf(await landscape(study))).toEqual(['width', 'rate', 'share']);
    moved(study, 'activation gelu silu', -1);
    const later = await landscape(study);
    expect(namesOf(later)).toEqual(['activation', 'width', 'rate', 'share']);
    expect(later.isWhollyDeclared).toBe(false);
  });

  it('stay wholly declared where a declared choice joins', async () => {
    const study = createStudy({});
    moved(study, 'activation gelu relu', -1);
    const later = await landscape(study);
    expect(namesOf(later)).toEqual(['activation', 'rate', 'share']);
    expect(later.isWhollyDeclared).toBe(true);
  });

  it('are no more than a model can tell apart', async () => {
    const text = Array.from({ length: 40 }, (_, n) => `const rate${n} = 0.5; // ratchet: 0..1\n`).join('');
    const study = createStudy({});
    moved(study, 'rate30 0.5 0.6', -1);
    const many = await landscape(study, text);
    expect(many.axes.length).toBe(16);
    expect(namesOf(many)[0]).toBe('rate30');
  });

  it('are none where there is nothing to go by', async () => {
    const empty = await landscape(createStudy({}), 'const width = 64;\n');
    expect(empty.axes).toEqual([]);
    expect(empty.isWhollyDeclared).toBe(false);
  });
});

describe('the points', () => {
  it('differ from the champion along the axes that were moved alone', async () => {
    const study = createStudy({});
    moved(study, 'rate 0.1 0.01', -1);
    moved(study, 'share 0.5 0.75', -2);
    const { measured } = await landscape(study);
    expect(measured.map(({ gain, at }) => [gain, ...at])).toEqual([
      [-2, expect.closeTo(2 / 3), 0.75],
      [-1, expect.closeTo(1 / 3), 0.5],
      [0, expect.closeTo(2 / 3), 0.5],
    ]);
  });

  it('are told apart by what became of them', async () => {
    const study = createStudy({});
    moved(study, 'share 0.5 0.1', Number.NaN);
    moved(study, 'share 0.5 0.2');
    moved(study, 'share 0.5 0.3', -1);
    const { axes, measured, broken, open } = await landscape(study);
    expect(axes[0]!.site.name).toBe('share');
    expect(broken.map((at) => at[0])).toEqual([0.1]);
    expect(open.map((at) => at[0])).toEqual([0.2]);
    expect(measured.map(({ at }) => at[0])).toEqual([0.3, 0.5]);
  });

  it('leave out what differs elsewhere too, and what lies beyond a declared end', async () => {
    const study = createStudy({});
    moved(study, 'share 0.5 0.3; a.ts#term:squash:1=removed', -1);
    moved(study, 'share 0.5 1.5', -1);
    moved(study, 'squash x removed', -1);
    expect((await landscape(study)).measured.map(({ gain }) => gain)).toEqual([0]);
  });

  it('follow the champion: what was kept is here, and what stood before is a point', async () => {
    const study = createStudy({});
    moved(study, 'width 64 32', -1);
    moved(study, 'share 0.5 0.75', 0.5);
    const text = TEXT.replace('share = 0.5', 'share = 0.75');
    const { here, measured, axes } = await landscape(study, text);
    const share = axes.findIndex(({ site }) => site.name === 'share');
    expect(here[share]).toBe(0.75);
    expect(measured.map(({ gain, at }) => [gain, at[share]])).toEqual([
      [0, 0.75],
      [-1.5, 0.5],
      [-0.5, 0.5],
    ]);
  });
});
