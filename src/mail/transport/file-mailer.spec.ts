import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type TemporaryDirectory, temporaryDirectory } from '../../../test/support/test-config.js';
import { FileMailer } from './file-mailer.js';
import type { OutgoingMail } from './mailer.js';

const DAY = 86_400_000;
const NAME = '20261122T080000.000Z-0000000001-password-reset.eml';

const MAIL: OutgoingMail = {
  id: 'a7f0c7a4-3d8f-4b33-9a2c-3f2f7d3a1b11',
  position: 1,
  template: 'password-reset',
  to: 'ada@example.com',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  messageId: 'a7f0c7a4@acme.example',
  date: new Date('2026-11-22T08:00:00.000Z'),
  language: 'en',
  subject: 'Reset your Acme password',
  text: 'Reset it',
  html: '<p>Reset it</p>',
};

describe('The mailer that writes files', () => {
  let parent: TemporaryDirectory;
  let directory: string;
  let mailer: FileMailer;

  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    parent = temporaryDirectory();
    directory = join(parent.path, 'outbox');
    mailer = new FileMailer(directory, 7 * DAY);
  });
  afterEach(() => {
    parent.remove();
    jest.restoreAllMocks();
  });

  it('leaves nothing of a mail to nobody', async () => {
    await mailer.pretend({ ...MAIL, to: '' });

    expect(readdirSync(directory)).toEqual([]);
  });

  it('says which directory cannot be written to, and writes when it can', async () => {
    writeFileSync(directory, 'in the way');
    await expect(mailer.send(MAIL)).rejects.toMatchObject({
      failure: 'unavailable',
      message: `${directory} cannot be written to (EEXIST)`,
    });
    rmSync(directory);
    await mailer.send(MAIL);

    expect(readdirSync(directory)).toEqual([NAME]);
  });

  it('throws away what is older than any link in it can be, and what a killed process left, and nothing else', async () => {
    const now = Date.now();
    await mailer.purge(new Date(now));
    await mailer.send(MAIL);
    const names = [NAME.replace('08', '07'), `.${MAIL.id}.0a1b2c3d`, 'mine.eml', '.mine'];
    for (const name of names) writeFileSync(join(directory, name), '');
    for (const name of names) utimesSync(join(directory, name), now / 1000, (now - 7 * DAY) / 1000 - 1);
    await mailer.purge(new Date(now));

    expect(readdirSync(directory).toSorted()).toEqual(['.mine', NAME, 'mine.eml']);
  });
});
