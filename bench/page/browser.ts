import { readFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';

/** How long the page of one study takes, in milliseconds, and what it holds, in bytes. */
export interface PageCosts {
  /** From the request to the headline, and to all points on the chart. */
  readonly headline: number;
  readonly chart: number;
  /** CPU time of the page's own thread until then: what others do on the machine is not in it. */
  readonly work: number;
  /** From the last letter of a filter to the rows that pass it; the slowest of five. */
  readonly filter: number;
  /** From the ledger on disk to the frame that shows what is new in it: the middle of eleven. */
  readonly live: number;
  /** Live objects of the page, and all that its process has for itself. */
  readonly heap: number;
  readonly process: number;
}

/** The page's own clock, from its request on: that of whoever watches has a way to go. The chart is drawn with the frame after its points. */
const CLOCKS = `
  globalThis.clocks = {};
  new MutationObserver(() => {
    if (document.querySelector('.sentence')) clocks.headline ??= performance.now();
    if (document.querySelector('.connection .pulse'))
      requestAnimationFrame(() => setTimeout(() => (clocks.chart ??= performance.now())));
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

const FILTERS = ['momentum', 'gained 0.004', 'nothing like it', '#77', 'width'];

/** Opens a page in a browser of its own, and uses it. `grow` adds an experiment to the ledger. */
export async function measurePage(
  address: string,
  experiments: number,
  grow: () => Promise<void>,
): Promise<PageCosts> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(CLOCKS);
    await page.goto(address, { waitUntil: 'commit' });
    await page.getByText('live', { exact: true }).waitFor();
    const { headline, chart } = await page.evaluate<{ headline: number; chart: number }>('clocks');
    const { metrics } = await session.send('Performance.getMetrics');
    const work = 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
    await page.getByRole('link', { name: 'Experiments', exact: true }).click();
    await page.getByText(`${experiments.toLocaleString('en')}\u00a0experiments`).waitFor();
    const times: number[] = [];
    for (const text of FILTERS) times.push(await timeOfFilter(page, text));
    const memory = await memoryOf(page);
    return {
      headline,
      chart,
      work,
      filter: Math.max(...times),
      live: await latencyOf(page, grow),
      ...memory,
    };
  } finally {
    await browser.close();
  }
}

/** In the page itself: from the input to the frame after the one that shows the answer. */
function timeOfFilter(page: Page, text: string): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const search = document.querySelector('input[type=search]');
    const count = document.querySelector('.count');
    const before = count.textContent;
    search.value = ${JSON.stringify(text)};
    const start = performance.now();
    search.dispatchEvent(new Event('input', { bubbles: true }));
    while (count.textContent === before) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - start;
  })()`);
}

const LATENCIES = 11;

/** Its answer is none: what the page watches for is told later. */
const WATCH = `{
  const count = document.querySelector('.count');
  const before = count.textContent;
  globalThis.seen = (async () => {
    while (count.textContent === before) await new Promise((resolve) => requestAnimationFrame(resolve));
    return Date.now();
  })();
  undefined;
}`;

async function latencyOf(page: Page, grow: () => Promise<void>): Promise<number> {
  await page.getByRole('searchbox').fill('');
  const latencies: number[] = [];
  for (let index = 0; index < LATENCIES; index++) {
    await page.evaluate(WATCH);
    await grow();
    const written = Date.now();
    latencies.push((await page.evaluate<number>('seen')) - written);
  }
  return latencies.sort((a, b) => a - b)[LATENCIES >> 1]!;
}

async function memoryOf(page: Page): Promise<{ heap: number; process: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => privateBytes(id));
  return { heap: usedSize, process: Math.max(...renderers) };
}

function privateBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, size]) =>
    Number(size),
  );
  return 1024 * kilobytes.reduce((sum, size) => sum + size, 0);
}
