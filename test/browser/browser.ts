import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { reasonToSkip } from '../crash/strace.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Why nothing is tried in a browser here, if so. */
export const withoutBrowser = () =>
  reasonToSkip(existsSync(CHROMIUM) ? undefined : 'chromium is not installed (apt-get install chromium)');

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM });
}

/** A tab, and all that went wrong in it. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** What the page told its console as errors, what it threw, dialogs, and addresses on other machines that it asked. */
  readonly problems: string[];
}

export interface Look {
  readonly theme?: 'dark' | 'light';
  readonly width?: number;
}

export async function openTab(browser: Browser, { theme = 'dark', width = 1280 }: Look = {}): Promise<Tab> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (fault) => problems.push(fault.stack ?? fault.message));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== '127.0.0.1' && protocol !== 'data:') problems.push(`asked ${request.url()}`);
  });
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** Expects that axe finds nothing that is serious for whoever uses a screen reader, a keyboard or weak eyes. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<Violation[]>(
    'axe.run(document).then(({ violations }) => violations)',
  );
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** Whether some pixel of the chart has about this colour. Text, since the code of tests knows no `document`. */
export function chartShows(page: Page, colour: readonly [number, number, number]): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const canvas = document.querySelector('.chart canvas');
    if (canvas === null || canvas.width === 0) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colour = ${JSON.stringify(colour)};
    for (let at = 0; at < data.length; at += 4) {
      const far = colour.reduce((sum, part, index) => sum + Math.abs(part - data[at + index]), 0);
      if (far < 12 && data[at + 3] > 200) return true;
    }
    return false;
  })()`);
}
