import { Scrolled } from '../parts/scrolled.tsx';
import type { DiffFileText, DiffLine } from './read-diff.ts';

/** Lines of one file that are drawn at once. */
const MOST_LINES = 2_000;

/** The change of one file. */
export function DiffFile({ file }: { readonly file: DiffFileText }) {
  let left = MOST_LINES;
  const blocks = file.blocks.map((block) => {
    const lines = block.lines.slice(0, left);
    left -= lines.length;
    return { ...block, lines };
  });
  return (
    <section class="diff" aria-label={`Change of ${file.name}`}>
      <h3>
        <code>
          <bdi>{file.name}</bdi>
        </code>{' '}
        <span class="numbers">
          <span class="good">+{file.added}</span>{' '}
          <span class="bad">
            {'\u2212'}
            {file.removed}
          </span>
        </span>
      </h3>
      <Scrolled name={`Lines of ${file.name}`} look="diff-text">
        <table>
          {blocks.map((block) => (
            <tbody key={block.head}>
              <tr class="diff-head">
                <td colSpan={3}>{block.head}</td>
              </tr>
              {block.lines.map((line, index) => (
                <Line key={index} line={line} />
              ))}
            </tbody>
          ))}
        </table>
      </Scrolled>
      {left <= 0 ? <p class="quiet">and more lines</p> : null}
    </section>
  );
}

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { added: '+', removed: '\u2212', same: ' ' };

function Line({ line }: { readonly line: DiffLine }) {
  const { kind, before, after, text, changed } = line;
  return (
    <tr class={kind}>
      <td class="line-number">{before ?? ''}</td>
      <td class="line-number">{after ?? ''}</td>
      <td class="code">
        <span class="sign">{SIGNS[kind]}</span>
        {changed === undefined ? (
          text
        ) : (
          <>
            {text.slice(0, changed.from)}
            <mark>{text.slice(changed.from, changed.to)}</mark>
            {text.slice(changed.to)}
          </>
        )}
      </td>
    </tr>
  );
}
