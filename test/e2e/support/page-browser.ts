import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../support/launch-chromium.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const NARROW = { width: 320, height: 640 };
export const WIDE = { width: 1024, height: 800 };

/** A page in a browser of its own. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What it complains of: refused scripts, styles and sinks, too. */
  readonly complaints: string[];
}

/** Chromium, and what axe says of the pages in it. */
export class PageBrowser {
  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<PageBrowser> {
    return new PageBrowser(await launchChromium());
  }

  async open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
    const context = await this.browser.newContext({ viewport: WIDE, locale: 'en-US', ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    return { context, page, complaints };
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Seen by axe through the debugger, which no policy of the page keeps out. */
export async function findingsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      allowUnsafeEvalBlockedByCSP: true,
    });
    return answer.result.value;
  };
  await evaluate(AXE);
  const { violations } = (await evaluate('axe.run(document)')) as AxeResults;
  await session.detach();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
