import { useEffect, useRef, useState } from 'preact/hooks';
import type { Told } from '../../../src/serve/page/wire.ts';
import { tell } from '../state/ask.ts';

/** An idea of the reader's own, in words or with a patch. */
export function Suggest({
  onEnd,
  onTold,
}: {
  readonly onEnd: () => void;
  readonly onTold: (told: Told) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [idea, setIdea] = useState('');
  const [patch, setPatch] = useState('');
  const [refusal, setRefusal] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    const told = await tell('/api/suggestions', { idea, ...(patch.trim() === '' ? {} : { patch }) });
    if (told.kind === 'refused') return setRefusal(told.text);
    onTold(told);
    onEnd();
  };
  return (
    <dialog ref={dialog} onClose={onEnd} aria-labelledby="suggest-title">
      <form onSubmit={(event) => void send(event)}>
        <h2 id="suggest-title">Suggest an experiment</h2>
        <label>
          The idea, in one sentence
          <input
            required
            maxLength={2000}
            value={idea}
            onInput={(event) => setIdea(event.currentTarget.value)}
            placeholder="the attention could use fewer heads"
          />
        </label>
        <label>
          A patch against the champion, as “git diff” prints it (optional: with it the idea runs next, without
          it only language models hear of it)
          <textarea
            rows={10}
            spellcheck={false}
            value={patch}
            onInput={(event) => setPatch(event.currentTarget.value)}
          />
        </label>
        <p class="bad" role="alert">
          {refusal}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="main">
            Suggest
          </button>
        </div>
      </form>
    </dialog>
  );
}
