import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { MailServer } from '../../support/mail-server.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';
import { copyMigratedDirectory } from '../../support/services/migrated-database.js';
import { temporaryDirectory, testEnvironment } from '../../support/test-config.js';

const PASSWORD = 'p@ss word/of:mail';

describe('A process in production', () => {
  const directory = temporaryDirectory();
  const certificate = selfSignedCertificate();
  const authority = join(directory.path, 'authority.pem');
  writeFileSync(authority, certificate.cert);
  let server: LatchkeyProcess | undefined;
  let mail: MailServer | undefined;

  afterEach(async () => {
    await server?.stop();
    await mail?.stop();
  });
  afterAll(() => directory.remove());

  const start = async (name: string, environment: Record<string, string>) => {
    const dataDir = join(directory.path, name);
    await copyMigratedDirectory(join(dataDir, 'database'));
    server = await LatchkeyProcess.start(
      testEnvironment(dataDir, {
        NODE_ENV: 'production',
        APP_SECRET: randomBytes(32).toString('base64'),
        ...environment,
      }),
    );
    return server;
  };

  it.each([
    ['STARTTLS', {}],
    ['TLS from the first byte', { secure: true }],
  ] as [string, SMTPServerOptions][])(
    'mails by %s to a server whose authority it was given, with the password',
    async (name, options) => {
      mail = await MailServer.start({
        ...certificate,
        ...options,
        onAuth: ({ username, password }, _session, done) =>
          password === PASSWORD ? done(null, { user: username }) : done(new Error('no')),
      });
      const url = mail.url.replace('//', `//latchkey:${encodeURIComponent(PASSWORD)}@`);
      const running = await start(name, {
        MAIL_URL: url,
        MAIL_FROM: 'no-reply@acme.example',
        NODE_EXTRA_CA_CERTS: authority,
        DOCS: 'on',
      });
      const api = new ApiClient(running.url);
      const { email } = (await api.register()).body.user;
      const [received] = await mail.holds(1);

      expect(received).toMatchObject({ secure: true, user: 'latchkey', envelope: { to: [email] } });
      expect(running.stdout + running.stderr).not.toMatch(/MAIL_URL is not set|p@ss|p%40ss/);
    },
  );

  it('says at the start that no mail is sent', async () => {
    const running = await start('none', {});

    expect(running.stdout).toMatch(/MAIL_URL is not set: no mail is sent. Mails are written to \S+outbox/);
  });
});
