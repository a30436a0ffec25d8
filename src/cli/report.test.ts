import { describe, expect, it } from 'vitest';
import type { EventOf } from '../model/event.ts';
import { replay } from '../record/replay.ts';
import { evidenceSections } from '../record/report/evidence.ts';
import { findingsNow } from './findings.ts';
import {
  entriesOf,
  SAMPLE_START,
  type Sample,
  sampleCommit,
  sampleEvents,
  sampleState,
  type Timed,
} from './fixtures/sample-study.ts';
import { reportOf } from './report.ts';

const NOW = SAMPLE_START + 8 * 3_600_000;
const about = { lab: '/home/somebody/work/labs/gpt', now: NOW };

function reportFor(sample: Sample): { html: string; markdown: string } {
  const { html, markdown } = reportOf(sampleState(sample), [], about);
  return { html: html(), markdown: markdown() };
}

/** Elements in the order in which they open, and whether each that must be closed is closed where it should be. */
function elementsOf(html: string): { names: string[]; isBalanced: boolean } {
  const open: string[] = [];
  const names: string[] = [];
  let isBalanced = true;
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (slash === '/') isBalanced &&= open.pop() === name;
    else {
      names.push(name!);
      if (name !== 'meta' && !rest!.endsWith('/')) open.push(name!);
    }
  }
  return { names, isBalanced: isBalanced && open.length === 0 };
}

const EVIL = [
  '</title><script>alert(1)</script>',
  '"><img src=https://evil.example/x onerror=alert(2)>',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202egnp.exe \u2066hidden\u2069',
  '[click](javascript:alert(3)) | <b> `x`',
].join(' ');

describe('a report', () => {
  it('has one element open for each that closes, and none that loads or runs anything', () => {
    const { html } = reportFor({ experiments: 80, hypothesis: () => EVIL });
    const { names, isBalanced } = elementsOf(html);
    expect(isBalanced).toBe(true);
    for (const name of ['script', 'img', 'link', 'iframe', 'object', 'a', 'form', 'image', 'use'])
      expect(names).not.toContain(name);
    expect(html).not.toMatch(/<[^>]*\s(?:on\w+|src|href|srcset|action)=/);
    expect(html).not.toMatch(/url\(|@import/);
    expect(html).toContain('&lt;script&gt;');
    expect(html).toContain('default-src &#39;none&#39;');
  });

  it('holds no control character and no mark that reorders, in either form', () => {
    const { html, markdown } = reportFor({ experiments: 80, hypothesis: () => EVIL });
    for (const text of [html, markdown])
      expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
    expect(markdown).not.toMatch(/(?<!\\)<(?:script|img|b)/);
    expect(markdown).not.toMatch(/(?<!\\)\[click/);
    expect(markdown).not.toMatch(/https:\/\//);
  });

  it('of a candidate that told its own score says so at its top', () => {
    const { html, markdown } = reportFor({ experiments: 20, source: 'candidate-reported' });
    expect(markdown.slice(0, 600)).toContain('candidate-reported');
    expect(html.slice(html.indexOf('<header>'), html.indexOf('</header>'))).toContain('candidate-reported');
  });

  it('tells a reader who cannot see the chart what it shows', () => {
    const { html } = reportFor({ experiments: 40 });
    expect(html).toMatch(/<svg [^>]*role="img" aria-labelledby="chart-title chart-desc"/);
    const keeps = sampleEvents({ experiments: 40 }).filter(
      ({ event }) => event.kind === 'verdict' && event.verdict.kind === 'keep',
    ).length;
    expect(html).toMatch(
      new RegExp(
        `<desc id="chart-desc">40 experiments, ${keeps} of them kept; the running best, as believed at each keep, goes from 2\\.4013 bits/byte to .*; by all its runs the champion scores (\\S+) bits/byte\\.</desc>`,
      ),
    );
    // One champion, one number: that of the headline.
    const [, now] = /by all its runs the champion scores (\S+) /.exec(html)!;
    expect(html).toMatch(
      new RegExp(`class="headline[^>]*><bdi>Better: val_bpb went from 2\\.4013 to ${now} `),
    );
    expect(html).toContain(`<title>champion ${now}</title>`);
  });

  it('draws every experiment: keeps, discards, and what has no score', () => {
    const { html } = reportFor({ experiments: 120 });
    const svg = html.slice(html.indexOf('<svg viewBox="0 0 920'), html.indexOf('</svg>'));
    const titles = new Set([...svg.matchAll(/<title>#(\d+) /g)].map(([, id]) => id));
    expect(titles.size).toBe(120);
  });

  it('names commands as they are typed at the root of the repository', () => {
    const { markdown } = reportFor({ experiments: 40 });
    expect(markdown).toMatch(
      /^ratchet show \d+ --lab labs\/gpt --study 20261121-220000-abcd {2,}# evidence, trials and diff of #\d+$/m,
    );
    expect(markdown).toMatch(/^ratchet replay \d+ --lab labs\/gpt --study 20261121-220000-abcd/m);
  });

  it('of a night with nothing kept says that, and still what was tried', () => {
    const { markdown } = reportFor({ experiments: 1, seed: 3 });
    expect(markdown).toMatch(
      /^\*\*Nothing better than the baseline yet: val_bpb is 2\.4013 bits\/byte\.\*\*$/m,
    );
    expect(markdown).toContain('## What to try next');
  });

  it('of a study without a measurement is a report all the same', () => {
    const state = replay(entriesOf(sampleEvents({ experiments: 0 }).slice(0, 1)));
    const { html, markdown } = reportOf(state, [], about);
    expect(markdown()).toContain('is not measured yet');
    expect(html()).not.toContain('<svg viewBox="0 0 920');
  });

  it('of another metric that is below zero says whether it rose or fell, and not the opposite', () => {
    const findings = findingsNow(sampleState({ experiments: 40 }), [], NOW);
    const costs = [
      { name: 'reward', baseline: -2, champion: -1 },
      { name: 'loss', baseline: 4, champion: 3 },
      { name: 'skipped', baseline: 0, champion: 3 },
    ];
    const text = JSON.stringify(evidenceSections({ ...findings, costs }));
    const changeOf = (name: string) => new RegExp(`"${name}"(?:.*?"text":"){3}([^"]*)"`).exec(text)![1];
    expect(['reward', 'loss', 'skipped'].map(changeOf)).toEqual(['+50.0%', '-25.0%', '']);
  });

  it('rings what is certified', () => {
    const events = sampleEvents({ experiments: 40, end: 'running' });
    const { at, event } = events.findLast(({ event }) => event.kind === 'champion-move')!;
    const { to, stack } = event as EventOf<'champion-move'>;
    const certificate: Timed = {
      at,
      event: {
        kind: 'certificate',
        of: { kind: 'change', experiment: stack[0]!, champion: to },
        method: 'switch-off',
        logE: 7.5,
        effect: { value: 0.02, low: 0.01, high: 0.03 },
        trials: 12,
      },
    };
    const ringsOf = (all: readonly Timed[]) =>
      reportOf(replay(entriesOf(all)), [], about)
        .html()
        .split('class="ring"').length;
    // One more than without: the other is the legend's.
    expect(ringsOf([...events, certificate])).toBe(ringsOf(events) + 1);
  });

  it('of a champion that was confirmed as a whole does not say that nothing of it is certified', () => {
    const events = sampleEvents({ experiments: 40, end: 'running' });
    const { at, event } = events.findLast(({ event }) => event.kind === 'champion-move')!;
    const { to } = event as EventOf<'champion-move'>;
    const against = sampleCommit(0);
    const certificate: Timed = {
      at,
      event: {
        kind: 'certificate',
        of: { kind: 'stack', champion: to, against },
        method: 'pairs',
        logE: 7.5,
        effect: { value: 0.08, low: 0.05, high: 0.11 },
        trials: 12,
      },
    };
    const markdown = reportOf(replay(entriesOf([...events, certificate])), [], about).markdown();
    expect(markdown).toContain('As a whole it held on fresh seeds: certified.');
    expect(markdown).toMatch(/\| certified changes \| \*\*as a whole\*\* \|/);
  });

  it('of ten thousand experiments can be mailed, says what it left out, and draws every keep', () => {
    const { html, markdown } = reportFor({ experiments: 10_000 });
    expect(html.length).toBeLessThan(1_000_000);
    expect(markdown.length).toBeLessThan(200_000);
    expect(html).toMatch(/Of the experiments that were not kept, one in \d+ is drawn\./);
    const keeps = sampleEvents({ experiments: 10_000 }).filter(
      ({ event }) => event.kind === 'verdict' && event.verdict.kind === 'keep',
    ).length;
    expect([...html.matchAll(/<title>#\d+ keep/g)]).toHaveLength(keeps);
  });
});
