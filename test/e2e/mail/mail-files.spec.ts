import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  MailTemplates,
  Outbox,
  StandardMailTemplates,
  ENGLISH,
  type MailLanguage,
} from '../../../src/index.js';
import { createApplication } from '../../../src/create-application.js';
import { ConfigurationError } from '../../../src/config/configuration-error.js';
import { describeOnEachStore } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../../support/api-client.js';
import { readOutbox } from '../../support/read-outbox.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, testConfig } from '../../support/test-config.js';

const TOKEN = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA_Zk3v9QpX7m';
const LINK = `http://localhost:3000/reset-password#token=${TOKEN}`;

const reset = (to: string, language: string | null = null) =>
  ({
    to,
    template: 'password-reset',
    language,
    data: { name: 'Ada', link: LINK, expiresIn: 900_000 },
  }) as const;

describeOnEachStore('Without a mail server', (environment) => {
  let server: TestApp;
  let lines: string[];

  beforeAll(async () => {
    server = await startTestApp({ environment: environment() });
  });
  afterAll(() => server.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const outbox = () => server.app.get(Outbox);

  it('mails become files in their order, which only their owner can read', async () => {
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
    const addresses = Array.from({ length: 12 }, (_, n) => `u${n}@example.com`);
    for (const address of addresses) await outbox().enqueue(reset(address));
    const mails = await readOutbox(server.dataDir, { atLeast: addresses.length });

    expect(mails.map((mail) => mail.recipient)).toEqual(addresses);
    const directory = join(server.dataDir, 'outbox');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const { path } of mails) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toHaveLength(addresses.length);
    expect(lines.filter((line) => line.includes(mails[0]?.path ?? ''))).toHaveLength(1);
    expect(lines.join('\n')).not.toContain(TOKEN);
  });

  it('files to a user go with the account, but for the one that says so', async () => {
    const { user, accessToken: token } = (await server.api.register()).body;
    const [mail] = await readOutbox(server.dataDir, { to: user.email, atLeast: 1 });
    const proof = { token: mail?.token, password: PASSWORD };
    expect((await server.api.post('/api/auth/email/verify', proof)).status).toBe(204);
    const removed = await server.api.request('DELETE', '/api/profile', {
      json: { password: PASSWORD },
      token,
    });
    expect(removed.status).toBe(204);
    await eventually(async () => {
      const mails = await readOutbox(server.dataDir, { to: user.email });
      expect(mails.map(({ template }) => template)).toEqual(['account-deleted']);
    });
  });

  it('a file is a whole mail, with the link and its token', async () => {
    await outbox().enqueue(reset('grace@example.com', 'de-AT, en;q=0.5'));
    const [mail] = await readOutbox(server.dataDir, { atLeast: 1, to: 'grace@example.com' });

    expect(mail).toMatchObject({ template: 'password-reset', link: LINK, token: TOKEN });
    expect(mail?.subject).toBe('Setzen Sie Ihr Passwort bei Latchkey zurück');
    expect(mail?.html).toContain(LINK);
    expect(readFileSync(mail?.path ?? '', 'latin1')).not.toMatch(/[^\r]\n/);
  });
});

describe('A team', () => {
  const FRENCH: MailLanguage = {
    ...ENGLISH,
    tag: 'fr',
    greeting: (name) => `Bonjour ${name ?? ''},`,
    contents: {
      ...ENGLISH.contents,
      'password-reset': ({ link }, { product }) => ({
        subject: `Votre mot de passe ${product}`,
        paragraphs: ['Choisissez un nouveau mot de passe.'],
        action: { label: 'Choisir', link },
      }),
    },
  };

  it('adds a language and replaces a template', async () => {
    const english: MailLanguage = {
      ...ENGLISH,
      contents: {
        ...ENGLISH.contents,
        'account-exists': () => ({ subject: 'You are one of us', paragraphs: ['Already.'] }),
      },
    };
    const templates = new StandardMailTemplates(FRENCH, english);
    const server = await startTestApp({
      providers: [{ provide: MailTemplates, useValue: templates }],
    });
    try {
      const outbox = server.app.get(Outbox);
      await outbox.enqueue(reset('a@example.com', 'fr-CA, en;q=0.1'));
      const data = { name: null };
      await outbox.enqueue({ to: 'b@example.com', template: 'account-exists', language: null, data });
      await outbox.enqueue(reset('c@example.com', 'de'));
      const mails = await readOutbox(server.dataDir, { atLeast: 3 });

      expect(mails.map(({ subject }) => subject)).toEqual([
        'Votre mot de passe Latchkey',
        'You are one of us',
        'Setzen Sie Ihr Passwort bei Latchkey zurück',
      ]);
      expect(mails[0]?.text).toMatch(/^Bonjour Ada,\r?\n/);
      expect(mails[0]?.headers.find(({ key }) => key === 'content-language')?.value).toBe('fr');
    } finally {
      await server.close();
    }
  });

  it('writes a template from scratch', async () => {
    class OurTemplates extends StandardMailTemplates {
      protected override html(): string {
        return '<p>ours</p>';
      }
    }
    const server = await startTestApp({
      providers: [{ provide: MailTemplates, useClass: OurTemplates }],
    });
    try {
      await server.app.get(Outbox).enqueue(reset('a@example.com'));
      const [mail] = await readOutbox(server.dataDir, { atLeast: 1 });
      expect(mail?.html?.trim()).toBe('<p>ours</p>');
      expect(mail?.text).toContain(LINK);
    } finally {
      await server.close();
    }
  });

  it('is told at the start that its default language has no mails', async () => {
    const directory = temporaryDirectory();
    const config = testConfig(directory.path, { MAIL_LANGUAGE: 'fr' });
    const app = await createApplication(config, { logger: false });
    await expect(app.init()).rejects.toEqual(new ConfigurationError(['MAIL_LANGUAGE must be one of en, de']));
    await app.close();
    directory.remove();
  });
});
