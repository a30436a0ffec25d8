import { useEffect, useState } from 'preact/hooks';

type State = 'ready' | 'copied' | 'failed';

/** Copies a text. */
export function Copy({
  text,
  name,
}: {
  readonly text: () => string | Promise<string>;
  /** What is copied, in a sentence. */
  readonly name: string;
}) {
  const [state, set] = useState<State>('ready');
  useEffect(() => {
    if (state === 'ready') return;
    const timer = setTimeout(() => set('ready'), 2_500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      set('copied');
    } catch {
      // Away from this machine and without encryption a browser gives no clipboard.
      set('failed');
    }
  };
  const label = { ready: `Copy ${name}`, copied: 'Copied', failed: 'Could not copy: select it by hand' }[
    state
  ];
  return (
    <button type="button" class="copy" onClick={() => void copy()}>
      {label}
    </button>
  );
}
