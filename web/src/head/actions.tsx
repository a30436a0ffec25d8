import { useEffect, useRef, useState } from 'preact/hooks';
import type { Phase, Told, WireWish } from '../../../src/serve/page/wire.ts';
import { tell } from '../state/ask.ts';
import { useWatched } from '../state/signal.ts';
import { overview } from '../state/study.ts';
import { forgetToken, token } from '../state/token.ts';
import { Suggest } from './suggest.tsx';

const WISHES: Readonly<Record<Phase, readonly WireWish[]>> = {
  running: ['pause', 'stop'],
  paused: ['resume', 'stop'],
  stopping: [],
  'stopping-now': [],
  stopped: [],
  died: [],
};

const NAMES: Readonly<Record<WireWish, string>> = { pause: 'Pause', resume: 'Resume', stop: 'Stop…' };

/** What whoever came with the token can ask of the engine; nothing for others. */
export function Actions() {
  const study = useWatched(overview);
  const may = useFittingToken();
  const [told, setTold] = useState<Told | undefined>(undefined);
  const [isSuggesting, setSuggesting] = useState(false);
  useEffect(() => {
    if (told === undefined) return;
    const timer = setTimeout(() => setTold(undefined), 8_000);
    return () => clearTimeout(timer);
  }, [told]);
  if (!may || study === undefined) return null;
  const ask = async (wish: WireWish) => {
    const question = 'Finish the trials in flight, then stop the study? "ratchet run" resumes it.';
    if (wish === 'stop' && !confirm(question)) return;
    setTold(await tell('/api/wishes', { wish }));
  };
  return (
    <div class="actions">
      {WISHES[study.phase].map((wish) => (
        <button type="button" key={wish} onClick={() => void ask(wish)}>
          {NAMES[wish]}
        </button>
      ))}
      <button type="button" onClick={() => setSuggesting(true)}>
        Suggest…
      </button>
      <p class={`told ${told?.kind === 'refused' ? 'bad' : ''}`} role="status">
        {told?.text}
      </p>
      {isSuggesting ? <Suggest onEnd={() => setSuggesting(false)} onTold={setTold} /> : null}
    </div>
  );
}

/** Whether there is a token that this server knows; one of another lab on the same port is forgotten. */
function useFittingToken(): boolean {
  const [may, set] = useState(false);
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current || token() === undefined) return;
    asked.current = true;
    void tell('/api/token', {}).then((answer) => {
      set(answer.kind === 'done');
      if (answer.kind === 'refused' && /token/.test(answer.text)) forgetToken();
    });
  }, []);
  return may;
}
