import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PASSWORD } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import { readOutbox } from '../../support/read-outbox.js';
import { temporaryDirectory, type TemporaryDirectory, testEnvironment } from '../../support/test-config.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { PageVisitor } from '../support/page-visitor.js';

const EMAIL = 'newcomer@example.com';
const ANOTHER = 'another horse battery staple';

describeOnEachDatabase('A newcomer, after `npm start` for the first time', (environment) => {
  let directory: TemporaryDirectory;
  let npm: LatchkeyProcess;

  beforeAll(async () => {
    directory = temporaryDirectory();
    npm = LatchkeyProcess.npmStart(
      testEnvironment(directory.path, { NODE_ENV: 'development', ...environment() }),
    );
    await npm.ready();
    await npm.says(/Initial administrator[\s\S]*password {3}\S+\n/);
  });
  afterAll(async () => {
    await npm.stop();
    directory.remove();
  });

  it('makes an account, sets its password by the mailed link, and is found by the initial administrator', async () => {
    const visit = new PageVisitor(npm.url);
    await visit.open('/account/register');
    const made = await visit.submit('/account/register', { email: EMAIL, password: PASSWORD });
    expect([made.status, made.path]).toEqual([200, '/account']);
    await visit.open('/account/forgot-password');
    await visit.submit('/account/forgot-password', { email: EMAIL });
    const [mail] = await readOutbox(directory.path, { to: EMAIL, template: 'password-reset', atLeast: 1 });
    await visit.open('/reset-password');
    await visit.submit('/reset-password', { token: mail?.token ?? '', password: ANOTHER });
    const back = await visit.submit('/account/sign-in', { email: EMAIL, password: ANOTHER });
    expect([back.status, back.path]).toEqual([200, '/account']);

    const [, email = '', password = ''] =
      /Initial administrator[\s\S]*?e-mail\s+(\S+)\s+password\s+(\S+)/.exec(npm.stdout) ?? [];
    const admin = new PageVisitor(npm.url);
    await admin.open('/account/admin');
    const asked = await admin.submit('/account/sign-in', { email, password });
    expect([asked.status, asked.path]).toEqual([
      200,
      '/account/password?note=initial&next=%2Faccount%2Fadmin',
    ]);
    const set = await admin.submit('/account/password', { currentPassword: password, newPassword: ANOTHER });
    expect([set.status, set.path]).toEqual([200, '/account/admin?note=password-set']);
    const found = await admin.open('/account/admin?search=newcomer');
    expect([found.status, found.path]).toEqual([200, '/account/admin?search=newcomer']);
    expect(found.html).toContain(`>${EMAIL}</a>`);
  });
});
