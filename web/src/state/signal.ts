import { useEffect, useState } from 'preact/hooks';

/** A value that parts of the page watch. */
export interface Watched<Value> {
  readonly value: Value;
  set(value: Value): void;
  watch(onChange: () => void): () => void;
}

export function watched<Value>(first: Value): Watched<Value> {
  const watchers = new Set<() => void>();
  let value = first;
  return {
    get value() {
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const onChange of watchers) onChange();
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
}

/** The value now, and again whenever it changes. */
export function useWatched<Value>({ value, watch }: Watched<Value>): Value {
  const [, redraw] = useState({});
  useEffect(() => watch(() => redraw({})), [watch]);
  return value;
}
