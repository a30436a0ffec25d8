import { JUDGES } from '../../src/engine/judges.ts';
import { createRandom, seedOf } from '../../src/model/random.ts';
import { createSearch } from '../../src/propose/search.ts';
import { play, type Sources } from './played-study.ts';
import { normal } from './samplers.ts';

/** Alternatives of three that an author declared, and numbers, as in a training file. */
const SITES = 10;
const NUMBERS = 12;
const CHOICES = ['a', 'b', 'c'];
/** What an alternative does to the loss, and a trial's noise: as far apart as in `labs/gpt` at a few CPU-seconds. */
const EFFECT = 0.06;
const USUAL_EFFECT = -0.02;
const NOISE = 0.04;
/** Share of the alternatives that only help once another one is at its best; until then they do harm. */
const DEPENDENT = 0.4;
const SMALLEST_EFFECT = 0.005;

/** The champion's true loss after each trial of a study of such a file; about 3 at the start. */
export async function solveMixed(seed: number, trials: number): Promise<number[]> {
  const lossOf = drawLab(createRandom(seedOf(seed, 77)));
  const luck = createRandom(seedOf(seed, 2));
  const { champions } = await play(
    {
      sources: new Map([['train.ts', TEXT]]),
      objective: { name: 'loss', unit: '', direction: 'minimize', minimumEffect: SMALLEST_EFFECT },
      deterministic: false,
      seed,
      score: (sources) => lossOf(sources) + NOISE * normal(luck),
      researcher: createSearch(),
      judge: JUDGES.posterior,
    },
    trials,
  );
  return champions.map(lossOf);
}

const TEXT = [
  `type Choice = ${CHOICES.map((choice) => `'${choice}'`).join(' | ')};\n`,
  ...Array.from({ length: SITES }, (_, index) => `export const site${index}: Choice = 'a';\n`),
  ...Array.from({ length: NUMBERS }, (_, index) => `export const rate${index} = 1.0;\n`),
].join('');

function drawLab(random: () => number): (sources: Sources) => number {
  const effects = Array.from({ length: SITES }, () =>
    CHOICES.map((_, choice) => (choice === 0 ? 0 : normal(random) * EFFECT + USUAL_EFFECT)),
  );
  const needs = Array.from({ length: SITES }, (_, site) =>
    site > 2 && random() < DEPENDENT ? Math.floor(random() * site) : undefined,
  );
  const best = effects.map((own) => own.indexOf(Math.max(...own)));
  const optima = Array.from({ length: NUMBERS }, () => (random() - 0.5) * 3);
  const curves = Array.from({ length: NUMBERS }, () => 0.02 * random());
  return (sources) => {
    const text = sources.get('train.ts')!;
    const choices = [...text.matchAll(/: Choice = '(.)'/g)].map(([, choice]) => CHOICES.indexOf(choice!));
    const numbers = [...text.matchAll(/rate\d+ = ([^;]+);/g)].map(([, value]) => Number(value));
    const byChoice = choices.map((choice, site) => {
      const effect = effects[site]![choice]!;
      const need = needs[site];
      if (need === undefined || choices[need] === best[need]) return effect;
      return choice === 0 ? 0 : -Math.abs(effect) / 2;
    });
    const byNumber = numbers.map((value, index) => {
      const octaves = Math.abs(Math.log2(Math.max(1e-6, value)) - optima[index]!);
      return curves[index]! * Math.min(4, octaves) ** 2;
    });
    return 3 - sum(byChoice) + sum(byNumber);
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
