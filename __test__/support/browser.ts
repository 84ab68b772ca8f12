import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium, type Browser, type Page } from 'playwright-core';

const ARTEFACTS = join(__dirname, '..', '..', 'artefacts');

/** How long something may take to appear, ms. */
const PATIENCE_MS = 10_000;

/** A headless Chromium that notices what a person would call broken. */
export class HeadlessBrowser {
  /** Errors thrown by scripts of the pages, and answers of the server that say so. */
  readonly #problems: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<HeadlessBrowser> {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    return new HeadlessBrowser(await chromium.launch({ executablePath: '/usr/bin/chromium', args }));
  }

  async page(): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', ({ message }) => this.#problems.push(message));
    page.on('response', (response) => {
      if (response.status() >= 400) this.#problems.push(`${response.status()} ${response.url()}`);
    });
    return page;
  }

  /** Throws if a page had a problem since this was last asked. */
  requireNoProblems(): void {
    const problems = this.#problems.splice(0);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  /** Keeps a picture of the page for people to look at. */
  async keep(page: Page, name: string): Promise<void> {
    await mkdir(ARTEFACTS, { recursive: true });
    await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
