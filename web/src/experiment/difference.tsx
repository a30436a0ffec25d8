import { useEffect, useState } from 'preact/hooks';
import type { WireDifference } from '../../../src/serve/page/wire.ts';
import { Copy } from '../parts/copy.tsx';
import { Empty, Panel } from '../parts/panel.tsx';
import { ask } from '../state/ask.ts';
import { DiffFile } from './diff-file.tsx';
import { readDiff } from './read-diff.ts';

type Asked =
  | { readonly kind: 'loading' }
  | { readonly kind: 'found'; readonly difference: WireDifference }
  | { readonly kind: 'failed'; readonly text: string };

const MOST_FILES = 50;

/** What exactly was changed. */
export function Difference({ id }: { readonly id: number }) {
  const [asked, set] = useState<Asked>({ kind: 'loading' });
  const patch = `/api/experiments/${id}/difference?as=patch`;
  useEffect(() => {
    const leaving = new AbortController();
    ask<WireDifference>(`/api/experiments/${id}/difference`, leaving.signal).then(
      (difference) => set({ kind: 'found', difference }),
      (cause: Error) => {
        if (!leaving.signal.aborted) set({ kind: 'failed', text: cause.message });
      },
    );
    return () => leaving.abort();
  }, [id]);
  const files = asked.kind === 'found' ? readDiff(asked.difference.text) : [];
  const note =
    files.length === 0 || (asked.kind === 'found' && asked.difference.truncated) ? undefined : (
      <>
        <Copy name="the patch" text={async () => (await fetch(patch)).text()} />{' '}
        <a href={patch} download={`experiment-${id}.patch`}>
          as a file
        </a>
      </>
    );
  return (
    <Panel title="What was changed" note={note}>
      {asked.kind === 'loading' ? <Empty>Loading…</Empty> : null}
      {asked.kind === 'failed' ? <Empty>{asked.text}</Empty> : null}
      {asked.kind === 'found' && files.length === 0 ? (
        <Empty>Nothing that can be shown as text.</Empty>
      ) : null}
      {files.slice(0, MOST_FILES).map((file) => (
        <DiffFile key={file.name} file={file} />
      ))}
      {files.length > MOST_FILES || (asked.kind === 'found' && asked.difference.truncated) ? (
        <p class="warn">There is more: “ratchet diff {id}” prints the whole.</p>
      ) : null}
    </Panel>
  );
}
