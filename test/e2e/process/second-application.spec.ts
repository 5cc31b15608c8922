import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD, uniqueEmail } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { sectionOf } from '../../support/markdown-section.js';
import { describeWithChromium } from '../../support/services/available.js';
import { freePort } from '../../support/services/free-port.js';
import { temporaryDirectory, type TemporaryDirectory, testEnvironment } from '../../support/test-config.js';
import { PageBrowser } from '../support/page-browser.js';

const EXAMPLE = 'examples/second-application';
const SERVER = /^OAUTH_CLIENTS_FILE=(\S+) npm start\n$/;

/** What is typed into a terminal, and goes on until it is ended. */
class Terminal {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves once it has said so. @throws Error with what it said if it ends before */
  static async type(
    commands: string,
    { directory, environment, until }: { directory: string; environment: NodeJS.ProcessEnv; until: string },
  ): Promise<Terminal> {
    const env = { ...process.env, ...environment };
    const child = spawn('sh', ['-ec', commands], { cwd: directory, env, detached: true });
    let said = '';
    const ready = new Promise<void>((resolve, reject) => {
      const hear = (text: string) => {
        said += text;
        if (said.includes(until)) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.on('close', () => reject(new Error(said)));
    });
    await ready;
    return new Terminal(child);
  }

  /** As Ctrl+C does it: to all that was started there. */
  async interrupt(): Promise<void> {
    const closed = once(this.child, 'close');
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
    await closed;
  }
}

describeWithChromium('docs/oauth.md, its ten minutes', () => {
  let directory: TemporaryDirectory;
  let server: LatchkeyProcess;
  let application: Terminal;
  let browser: PageBrowser;
  let page: Page;
  let origin: string;
  let address: string;

  beforeAll(async () => {
    directory = temporaryDirectory();
    cpSync(EXAMPLE, join(directory.path, EXAMPLE), { recursive: true });
    const [first = '', second = ''] = [
      ...sectionOf('oauth.md', 'Ten minutes').matchAll(/^```sh\n([\s\S]*?)^```/gm),
    ].map(([, block = '']) => block);
    const [, file] = SERVER.exec(first) ?? [];
    if (file === undefined) throw new Error(`The server is started in another way: ${first}`);
    // All is done as it says, but on ports that are free.
    const port = String(await freePort());
    const clients = join(directory.path, file);
    writeFileSync(clients, readFileSync(clients, 'utf8').replaceAll(':4000', `:${port}`));
    const { APP_SECRET = '' } = testEnvironment(directory.path);
    server = LatchkeyProcess.npmStart({
      DATA_DIR: join(directory.path, 'data'),
      APP_SECRET,
      OAUTH_CLIENTS_FILE: clients,
    });
    await server.ready();
    origin = server.url.replace('127.0.0.1', 'localhost');
    address = `http://127.0.0.1:${port}/`;
    application = await Terminal.type(second, {
      directory: directory.path,
      environment: { ISSUER: origin, PORT: port },
      until: `Second application: http://127.0.0.1:${port}`,
    });
    browser = await PageBrowser.launch();
    ({ page } = await browser.open());
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await application?.interrupt();
    await server.stop();
    directory.remove();
  });

  const says = (text: string) => page.getByText(text).waitFor();
  const signIn = async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByText('Second application').first().waitFor();
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.waitForURL(address);
  };

  it('lead to an application that greets who signed in', async () => {
    await page.goto(`${origin}/account/register`);
    await page.getByLabel('Name').fill('Grace');
    await page.getByLabel('E-mail address').fill(uniqueEmail());
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(`${origin}/account`);

    await page.goto(address);
    await says('You are signed out.');
    await signIn();
    await says('Hello Grace!');
  });

  it('show its session in the list, which ends it there and then', async () => {
    await page.goto(`${origin}/account/sessions`);
    const row = page.locator('li, tr', { hasText: 'Second application' });
    await row.getByRole('button', { name: 'Sign out' }).click();
    await row.waitFor({ state: 'detached' });
    await page.goto(address);
    await says('You are signed out.');
  });

  it('end in both when one signs out there', async () => {
    await signIn();
    await says('Hello Grace!');
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForURL(address);
    await says('You are signed out.');
    await page.goto(`${origin}/account`);
    await page.waitForURL(`${origin}/account/sign-in**`);
  });
});
