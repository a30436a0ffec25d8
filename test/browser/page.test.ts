import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTemporaryLab } from '../../src/cli/fixtures/temporary-lab.ts';
import { served } from '../page/served.ts';
import type { TemporaryLab } from '../temporary-lab.ts';
import { chartShows, expectAccessible, openBrowser, openTab, withoutBrowser } from './browser.ts';
import { researchedLab, type Serving, serving } from './running-study.ts';

const GREEN = [76, 195, 138] as const;
/** On a machine that is busy. */
const PATIENT = { timeout: 30_000 };
/** Axe looks at every element in every way. Milliseconds. */
const AXE_PATIENCE = 180_000;
const skipped = withoutBrowser();

describe.skipIf(skipped !== undefined)('the page of a study that runs', () => {
  let lab: TemporaryLab;
  let run: Serving;
  let browser: Browser;

  beforeAll(async () => {
    lab = researchedLab();
    browser = await openBrowser();
    run = await serving(['run', '--slots', '1', '--seed', '1', '--port', '0'], lab);
  });
  afterAll(async () => {
    await run?.end();
    await browser?.close();
    lab?.[Symbol.dispose]();
  });

  test('the chart fills while one looks, and the headline says how much better it got', async () => {
    await using tab = await openTab(browser);
    const { page, problems } = tab;
    await page.goto(run.address);
    await page.getByText(/^Better: score went from .* by \d+ kept change/).waitFor();
    await expect.poll(() => chartShows(page, GREEN), PATIENT).toBe(true);
    const judged = () =>
      page.locator('.fact', { hasText: 'Experiments' }).first().locator('.numbers').innerText();
    const before = Number(await judged());
    await expect.poll(async () => Number(await judged()), PATIENT).toBeGreaterThan(before + 1);
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('.slot progress').first().waitFor();
    await page.locator('.slot .curve .own').first().waitFor({ state: 'attached' });
    expect(new URL(page.url()).hash).toBe('');
    expect(problems).toEqual([]);
  });

  test('two clicks lead to what exactly an experiment changed', async () => {
    await using tab = await openTab(browser);
    const { page, problems } = tab;
    await page.goto(run.address);
    await page.getByRole('link', { name: 'Experiments', exact: true }).click();
    await page.locator('.row', { hasText: /keep/ }).first().click();
    await page.locator('.diff tr.added mark').first().waitFor();
    expect(await page.locator('.diff tr.removed .code').first().innerText()).toMatch(/^−\s+\w+: [\d.]+,$/);
    await page.getByText(/^It scored [\d.]+ points over one trial; its parent scored/).waitFor();
    await page.getByRole('heading', { name: 'score over the trial' }).waitFor();
    await page.getByText('step by step').waitFor();
    await page
      .getByText(/ratchet replay \d+/)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
  });

  test('filters narrow the table, stand in the address, and are there again after a reload', async () => {
    await using tab = await openTab(browser);
    const { page, problems } = tab;
    await page.goto(`${new URL(run.address).origin}/experiments`);
    await page.locator('.row').first().waitFor();
    await page.getByRole('button', { name: 'keep', exact: true }).click();
    await page.getByRole('searchbox').fill('from');
    await expect.poll(() => new URL(page.url()).search, PATIENT).toBe('?verdict=keep&q=from');
    await page.reload();
    await page.locator('.row').first().waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('from');
    for (const text of await page.locator('.row').allInnerTexts()) expect(text).toMatch(/keep/);
    await page.getByRole('button', { name: 'gain' }).click();
    const gains = (await page.locator('.row .col-delta').allInnerTexts()).map((text) =>
      Number(text.replace('−', '-')),
    );
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    await page.getByRole('searchbox').fill('no such words anywhere');
    await page.getByText('No experiment is like that.').waitFor();
    expect(problems).toEqual([]);
  });

  test('the keyboard alone goes through the table to an experiment and to the next one', async () => {
    await using tab = await openTab(browser);
    const { page, problems } = tab;
    await page.goto(`${new URL(run.address).origin}/experiments?sort=id`);
    await page.locator('.row').nth(2).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^#2 / }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: /^#3 / }).waitFor();
    expect(problems).toEqual([]);
  });

  test('whoever has the link can pause and resume; whoever has only the address reads', async () => {
    await using guest = await openTab(browser);
    await guest.page.goto(new URL(run.address).origin);
    await guest.page.getByText('live', { exact: true }).waitFor();
    expect(await guest.page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await using owner = await openTab(browser);
    await owner.page.goto(run.address);
    await owner.page.getByRole('button', { name: 'Pause' }).click();
    await guest.page.getByText('paused', { exact: true }).waitFor();
    await owner.page.getByRole('button', { name: 'Resume' }).click();
    await guest.page.getByText('running', { exact: true }).waitFor();
    expect([...guest.problems, ...owner.problems]).toEqual([]);
  });

  test('what was learned names what paid, each change of the champion with its effect', async () => {
    await using tab = await openTab(browser);
    const { page, problems } = tab;
    await page.goto(`${new URL(run.address).origin}/learned`);
    await page.locator('.changes tr').first().waitFor();
    await page.locator('.tree li').nth(1).waitFor();
    await page.locator('.groups a', { hasText: 'numeric' }).click();
    await page.locator('.row').first().waitFor();
    expect(new URL(page.url()).search).toBe('?category=numeric');
    expect(problems).toEqual([]);
  });
});

describe.skipIf(skipped !== undefined)('the page of a study that is there already', () => {
  let browser: Browser;
  let calm: ReturnType<typeof createTemporaryLab>;
  beforeAll(async () => {
    browser = await openBrowser();
    calm = createTemporaryLab();
    await calm.writeStudy({ experiments: 40 });
  });
  afterAll(async () => {
    await browser?.close();
    calm?.[Symbol.dispose]();
  });

  describe.each([
    'dark',
    'light',
  ] as const)('axe finds nothing serious, and nothing is wider than the screen: %s', (theme) => {
    test.each(['/', '/experiments', '/experiments/3', '/learned'])(
      '%s',
      async (path) => {
        await using page = await served(calm.folder);
        for (const width of [1280, 390]) {
          await using tab = await openTab(browser, { theme, width });
          await tab.page.goto(`http://127.0.0.1:${page.port}${path}`);
          await tab.page.locator('.panel, .row').nth(1).waitFor();
          await expectAccessible(tab.page);
          expect(await tab.page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
          expect(tab.problems).toEqual([]);
        }
      },
      AXE_PATIENCE,
    );
  });

  test('when its server goes away the page says so, and goes on when it is back', async () => {
    const first = await served(calm.folder);
    await using tab = await openTab(browser);
    await tab.page.goto(first.page.address);
    await tab.page.getByText('live', { exact: true }).waitFor();
    await first[Symbol.asyncDispose]();
    await tab.page.getByText('not connected').waitFor();
    await using _ = await served(calm.folder, { port: first.port });
    await tab.page.getByText('live', { exact: true }).waitFor();
    await tab.page.getByRole('link', { name: 'Experiments', exact: true }).click();
    await tab.page.locator('.row').first().waitFor();
    expect(
      tab.problems.filter((problem) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY/.test(problem)),
    ).toEqual([]);
  });

  test('markup, scripts, escape sequences and marks that reorder are text on every page', async () => {
    const hostile = [
      '<script>alert(1)</script><img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)> \u001b[31mred\u001b[0m',
      'two \u202egnp.exe [x](javascript:alert(1))',
    ];
    using lab = createTemporaryLab();
    await lab.writeStudy({ experiments: 20, hypothesis: (id) => `${hostile[id % hostile.length]} ${id}` });
    await using page = await served(lab.folder);
    await using tab = await openTab(browser);
    for (const path of [
      '/',
      '/experiments',
      '/experiments/3',
      '/experiments/4',
      '/experiments/5',
      '/learned',
    ]) {
      await tab.page.goto(`http://127.0.0.1:${page.port}${path}`);
      await tab.page.locator('.panel, .row').nth(1).waitFor();
      const text = await tab.page.locator('body').innerText();
      expect(text).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u);
      expect(await tab.page.locator('main img, main script, main [onload], main [onerror]').count()).toBe(0);
      expect(await tab.page.locator('a[href^="javascript:"]').count()).toBe(0);
    }
    await tab.page.goto(`http://127.0.0.1:${page.port}/experiments/3`);
    await tab.page
      .getByRole('heading', { name: '<script>alert(1)</script><img src=x onerror=alert(1)> 3' })
      .waitFor();
    expect(tab.problems).toEqual([]);
  });

  test('the legend tells the champion as it was believed from the champion as it scores now', async () => {
    await using page = await served(calm.folder);
    await using tab = await openTab(browser);
    await tab.page.goto(`http://127.0.0.1:${page.port}/`);
    await tab.page.getByText('champion, as believed when it was kept').waitFor();
    await tab.page.getByText('champion now, by all its trials').waitFor();
    expect(tab.problems).toEqual([]);
  });

  test('what is written from right to left keeps its direction to itself', async () => {
    using lab = createTemporaryLab();
    await lab.writeStudy({ experiments: 20, hypothesis: (id) => `שלום ${id}` });
    await using page = await served(lab.folder);
    await using tab = await openTab(browser);
    const kept = await (await fetch(`http://127.0.0.1:${page.port}/api/learned`)).json();
    const { experiment } = (kept as { champions: readonly { experiment: number }[] }).champions[1]!;
    for (const path of ['/', '/experiments', `/experiments/${experiment}`, '/learned']) {
      await tab.page.goto(`http://127.0.0.1:${page.port}${path}`);
      await tab.page.locator('bdi', { hasText: 'שלום' }).first().waitFor();
      // The page's own text in one element with it would be read in another order.
      const open = await tab.page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.includes('שלום')))
        .filter((one) => one.tagName !== 'BDI' && one.closest('[role=status]') === null)
        .map((one) => one.outerHTML)`);
      expect([path, open]).toEqual([path, []]);
    }
  });

  test('an experiment that is not there, and an address that leads nowhere, are answered in words', async () => {
    await using page = await served(calm.folder);
    await using tab = await openTab(browser);
    await tab.page.goto(`http://127.0.0.1:${page.port}/experiments/99`);
    await tab.page.getByText('There is no such experiment; the study has 1 to 40.').waitFor();
    await tab.page.goto(`http://127.0.0.1:${page.port}/nowhere`);
    await tab.page.getByText('Last verdicts').waitFor();
  });
});
