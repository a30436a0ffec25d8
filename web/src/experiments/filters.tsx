import type { RefObject } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ExperimentRow } from '../../../src/serve/page/wire.ts';
import { LOOK, WORDS, type Word } from '../parts/verdicts.ts';
import { type Filter, namesOf } from './filter.ts';

/** The controls above the table. */
export function Filters({
  filter,
  rows,
  version,
  search,
  onChange,
}: {
  readonly filter: Filter;
  readonly rows: readonly ExperimentRow[];
  /** Of the rows, which are one array that changes. */
  readonly version: number;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onChange: (changed: Partial<Filter>) => void;
}) {
  const names = useMemo(
    () => ({
      verdicts: new Set(namesOf(rows, 'verdict')),
      categories: namesOf(rows, 'category'),
      researchers: namesOf(rows, 'researcher'),
    }),
    [version],
  );
  const toggle = (word: Word) => {
    const verdicts = new Set(filter.verdicts);
    if (!verdicts.delete(word)) verdicts.add(word);
    onChange({ verdicts });
  };
  const words = WORDS.filter((word) => names.verdicts.has(word) || filter.verdicts.has(word));
  return (
    <search class="filters">
      <input
        type="search"
        ref={search}
        aria-label="Words of the hypothesis, or a number"
        placeholder="words or #number  ( / )"
        value={filter.text}
        onInput={(event) => onChange({ text: event.currentTarget.value })}
      />
      <fieldset class="chips">
        <legend class="hidden">Verdicts</legend>
        {words.map((word) => (
          <button
            type="button"
            key={word}
            class={`chip ${LOOK[word].tone}`}
            aria-pressed={filter.verdicts.has(word)}
            onClick={() => toggle(word)}
          >
            <span aria-hidden="true">{LOOK[word].symbol}</span> {word}
          </button>
        ))}
      </fieldset>
      <Choice
        name="category"
        chosen={filter.category}
        names={names.categories}
        onChange={(category) => onChange({ category })}
      />
      <Choice
        name="researcher"
        chosen={filter.researcher}
        names={names.researchers}
        onChange={(researcher) => onChange({ researcher })}
      />
      {filter.place === '' ? null : (
        <button type="button" class="chip" aria-pressed="true" onClick={() => onChange({ place: '' })}>
          in <bdi>{filter.place}</bdi> ✕
        </button>
      )}
    </search>
  );
}

/** Names that are listed. */
const MOST_NAMES = 200;

function Choice({
  name,
  chosen,
  names,
  onChange,
}: {
  readonly name: string;
  readonly chosen: string;
  readonly names: readonly string[];
  readonly onChange: (chosen: string) => void;
}) {
  const listed = names.slice(0, MOST_NAMES);
  const all = chosen === '' || listed.includes(chosen) ? listed : [chosen, ...listed];
  return (
    <select aria-label={name} value={chosen} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">every {name}</option>
      {all.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
