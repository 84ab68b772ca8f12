import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Where Debian, Ubuntu's runners and Homebrew put it. */
const PROGRAMS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/opt/homebrew/bin/chromium',
];

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
    const executablePath = PROGRAMS.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error(`there is no Chromium at ${PROGRAMS.join(', ')}`);
    return new HeadlessBrowser(await chromium.launch({ executablePath, args }));
  }

  /** A page with cookies of its own; `options` differ from those of a desktop. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
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
