import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OUTGOING_MAIL } from '../../../test/support/outgoing-mail.js';
import { type TemporaryDirectory, temporaryDirectory } from '../../../test/support/test-config.js';
import { FileMailer } from './file-mailer.js';

const DAY = 86_400_000;
const NAME = '20261122T080000.000Z-0000000001-password-reset.eml';

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

  it('leaves nothing of a mail without recipient', async () => {
    await mailer.pretend({ ...OUTGOING_MAIL, to: '' });

    expect(readdirSync(directory)).toEqual([]);
  });

  it('says which directory cannot be written to, and writes when it can', async () => {
    writeFileSync(directory, 'in the way');
    await expect(mailer.send(OUTGOING_MAIL)).rejects.toMatchObject({
      failure: 'unavailable',
      message: `${directory} cannot be written to (EEXIST)`,
    });
    rmSync(directory);
    await mailer.send(OUTGOING_MAIL);

    expect(readdirSync(directory)).toEqual([NAME]);
  });

  it('forgets the mails to an address, but for one, and no other', async () => {
    const to = ['ada@bücher.example', 'Ada@xn--bcher-kva.example', 'jörg@example.com', 'other@example.com'];
    const send = (address: string, position: number, template = 'password-reset') =>
      mailer.send({ ...OUTGOING_MAIL, to: address, position, template });
    for (const [position, address] of to.entries()) await send(address, position);
    await send('ada@bücher.example', to.length, 'account-deleted');
    const left = () => readdirSync(directory).map((name) => Number(name.split('-')[1]));
    await mailer.forget('ada@bücher.example', 'account-deleted');
    expect(left()).toEqual([2, 3, 4]);
    await mailer.forget('jörg@example.com', 'account-deleted');
    expect(left()).toEqual([3, 4]);
  });

  it('throws away what is older than any link in it can be, and what a killed process left, and nothing else', async () => {
    const now = Date.now();
    await mailer.purge(new Date(now));
    await mailer.send(OUTGOING_MAIL);
    const names = [NAME.replace('08', '07'), `.${OUTGOING_MAIL.id}.0a1b2c3d`, 'mine.eml', '.mine'];
    for (const name of names) writeFileSync(join(directory, name), '');
    for (const name of names) utimesSync(join(directory, name), now / 1000, (now - 7 * DAY) / 1000 - 1);
    await mailer.purge(new Date(now));

    expect(readdirSync(directory).toSorted()).toEqual(['.mine', NAME, 'mine.eml']);
  });
});
