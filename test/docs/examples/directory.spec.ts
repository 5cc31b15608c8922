import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Attribute, Change, Client } from 'ldapts';
import { CredentialStrategies, CredentialStrategy, OneTimeTokensRepository, UsersRepository } from 'latchkey';
import { ExternalPasswords } from '../../../src/auth/credentials/external-passwords.js';
import { RevocationService } from '../../../src/tokens/revocation/revocation.service.js';
import { ExternalUsers } from '../../../src/auth/credentials/external-users.js';
import { expectProblem } from '../../e2e/support/problems.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { eventually } from '../../e2e/support/eventually.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';
import { readOutbox } from '../../support/read-outbox.js';
import { describeWithSlapd, slapd } from '../../support/services/available.js';
import { startSlapd } from '../../support/services/start-slapd.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { Directory, directoryAt, type DirectoryOptions } from './directory.js';

const SUFFIX = 'dc=acme,dc=example';
const OURS = 'a word of the directory';

type RunningSlapd = Awaited<ReturnType<typeof startSlapd>>;

const CLIENT = { ip: null, userAgent: null, language: null, requestId: null };
const DECOY = `cn=decoy,${SUFFIX}`;

const person = (name: string, unit = 'people', mail = `${name}@acme.example`) => ({
  dn: `cn=${name},ou=${unit},${SUFFIX}`,
  mail,
  entry: { objectClass: 'inetOrgPerson', cn: name, sn: name, mail, userPassword: OURS },
});
const units = ['people', 'partners', 'groups'].map(
  (name) => `dn: ou=${name},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${name}\n`,
);
const decoy = `dn: ${DECOY}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: of no one\n`;
const groups = `dn: cn=operators,ou=groups,${SUFFIX}\nobjectClass: groupOfNames\ncn: operators\nmember: cn=admin,${SUFFIX}\n`;

/** Takes over users who have proved the address. */
@Injectable()
class Partners extends Directory {
  override readonly name = 'partners';
  override readonly linksByEmail = true;
}

/** Is asked nothing here. */
class Named extends CredentialStrategy {
  readonly name = 'named';
}

describeWithSlapd('The directory of the example', () => {
  const certificate = selfSignedCertificate();
  let directory: RunningSlapd;
  let options: DirectoryOptions;
  let ours: Directory;
  let admin: Client;
  let server: TestApp;
  let people = 0;
  /** What `Directory.whenUnavailable` says. */
  let whenUnavailable: 'refuse' | 'local' = 'local';

  beforeAll(async () => {
    const entries = [...units, decoy, groups].join('\n');
    directory = await startSlapd(slapd?.path ?? '', SUFFIX, entries, certificate);
    const { url, reader } = directory;
    const bases = { people: `ou=people,${SUFFIX}`, groups: `ou=groups,${SUFFIX}` };
    options = { url, ca: certificate.cert, reader, ...bases, decoy: DECOY };
    ours = new Directory(options);
    Object.defineProperty(ours, 'whenUnavailable', { get: () => whenUnavailable });
    const partners = new Partners({ ...options, people: `ou=partners,${SUFFIX}` });
    const { providers = [] } = directoryAt(options);
    server = await startTestApp({
      environment: { ACCOUNT_FAILURES: '3', ACCOUNT_DELAY_MAX: '1h' },
      providers: [
        ...providers,
        { provide: CredentialStrategy, useFactory: () => new CredentialStrategies([ours, partners]) },
      ],
    });
    server.clock.hold();
    admin = await signedIn();
  });
  afterAll(async () => {
    await admin.unbind();
    await server.close();
    await directory.stop();
  });

  async function signedIn(): Promise<Client> {
    const client = new Client({ url: directory.url, tlsOptions: { ca: certificate.cert } });
    await client.bind(directory.admin.dn, directory.admin.password);
    return client;
  }

  async function addPerson(unit?: string, mail?: string) {
    people += 1;
    const added = person(`person-${people}`, unit, mail);
    await admin.add(added.dn, added.entry);
    return added;
  }

  const change = (dn: string, operation: 'replace' | 'add' | 'delete', type: string, value: string) =>
    admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [value] }) }));
  const login = (email: string, password = OURS) => server.api.login(email, password);
  async function eventsOf(subject: string): Promise<{ type: string; details: Record<string, unknown> }[]> {
    const { rows } = await events(subject);
    return rows;
  }
  async function events(subject: string) {
    const operator = await addPerson();
    await change(`cn=operators,ou=groups,${SUFFIX}`, 'add', 'member', operator.dn);
    const { accessToken } = (await login(operator.mail)).body;
    const path = `/api/admin/audit?subject=${subject}&limit=50`;
    const answer = await server.api.get<{ events: { type: string; details: Record<string, unknown> }[] }>(
      path,
      {
        token: accessToken,
      },
    );
    return { rows: answer.body.events };
  }
  /** A user of Latchkey's own, with an address that is proved or not. */
  async function localUser(isProved: boolean, email = uniqueEmail()): Promise<SignedIn> {
    const { body } = await server.api.register({ email });
    if (isProved) await server.app.get(UsersRepository).verifyEmail(body.user.id, email);
    return body;
  }

  it('makes a user at the first login, and finds the same one at the next, with a session as any other', async () => {
    const { mail } = await addPerson();
    // Several at once: one of them makes the user.
    const logins = await Promise.all(Array.from({ length: 8 }, () => login(mail)));
    const again = await login(mail.toUpperCase());
    expect([...logins, again].map(({ status }) => status)).toEqual(Array<number>(9).fill(200));
    const [first = again] = logins;
    expect(first.body.user).toMatchObject({
      name: `person-${people}`,
      email: mail,
      emailVerified: true,
      roles: ['user'],
    });
    expect(new Set([...logins, again].map(({ body }) => body.user.id)).size).toBe(1);
    expect((await server.api.profile(first.body.accessToken)).status).toBe(200);
    expect((await server.api.refresh(first.body.refreshToken)).status).toBe(200);
    const recorded = (await eventsOf(first.body.user.id)).map(({ type, details }) => [
      type,
      details['strategy'],
    ]);
    expect(recorded).toEqual(
      expect.arrayContaining([
        ['user.registered', 'directory'],
        ['identity.linked', 'directory'],
        ['login.succeeded', 'directory'],
      ]),
    );
    expect(recorded.filter(([type]) => type === 'user.registered')).toHaveLength(1);
  });

  it('makes one user of however many first logins at once', async () => {
    const account = { id: 'an entry', email: uniqueEmail() };
    const users = server.app.get(ExternalUsers, { strict: false });
    const logins = Array.from({ length: 8 }, () => users.of(new Named(), account, CLIENT));
    expect(new Set((await Promise.all(logins)).map(({ id }) => id)).size).toBe(1);
  });

  it('answers a wrong password as an unknown address, and makes both wait', async () => {
    const { mail } = await addPerson();
    const unknown = 'unknown@acme.example';
    for (let time = 0; time < 3; time += 1) {
      const [known, other] = [await login(mail, 'wrong'), await login(unknown, 'wrong')];
      expectProblem(known, 401, 'INVALID_CREDENTIALS');
      expect(other.body).toEqual(known.body);
    }
    for (const email of [mail, unknown]) expectProblem(await login(email), 429, 'ACCOUNT_THROTTLED');
    expect(await server.app.get(UsersRepository).findByEmail(mail)).toBeUndefined();
  });

  const check = (email: string, password = OURS, strategy = ours) =>
    strategy.checkPassword({ email, password, client: CLIENT, signal: new AbortController().signal });

  /** What the directory was asked at the login that looked for this address, once it has hung up. */
  async function askedFor(email: string): Promise<string[]> {
    return eventually(() => {
      const lines = directory.log().split('\n');
      const search = lines.findLast((line) => line.includes(`filter="(mail=${email})"`)) ?? '';
      const own = lines.filter((line) => line.includes(`${/conn=\d+/.exec(search)?.[0]} `));
      expect(own.at(-1)).toContain('closed');
      // Of an operation the first line.
      const operations = own.map((line) => /op=(\d+) (BIND|SRCH|UNBIND)/.exec(line) ?? []);
      const kinds = new Map(operations.toReversed().map(([, number, kind]) => [number, kind]));
      return Promise.resolve([...kinds.values()].filter((kind) => kind !== undefined).toReversed());
    });
  }

  it('is asked the same of an address that it does not have, a wrong password, and what it cannot tell one from', async () => {
    const [right, wrong, locked] = [await addPerson(), await addPerson(), person('without-password')];
    const { userPassword: _, ...withoutPassword } = locked.entry;
    await admin.add(locked.dn, withoutPassword);
    const [shared] = [await addPerson()];
    for (let time = 0; time < 2; time += 1) await addPerson('people', shared.mail);
    const unknown = 'no-entry@acme.example';
    const outcomes = [
      await check(unknown),
      await check(wrong.mail, 'wrong'),
      await check(locked.mail),
      await check(shared.mail),
      await check(shared.mail, 'wrong'),
    ];
    expect(outcomes.map((decision) => decision.outcome)).toEqual([
      'not-mine',
      'reject',
      'reject',
      'reject',
      'reject',
    ]);
    expect(await check(right.mail)).toMatchObject({
      outcome: 'accept',
      account: { email: right.mail, roles: [] },
    });
    const refused = [];
    for (const email of [unknown, wrong.mail, locked.mail]) refused.push(await askedFor(email));
    const kinds = ['BIND', 'SRCH', 'BIND', 'UNBIND'];
    expect(refused).toEqual(refused.map(() => kinds));
    expect(await askedFor(right.mail)).toEqual([...kinds.slice(0, -1), 'BIND', 'SRCH', 'UNBIND']);
  });

  it('compares names and addresses as they are, whatever they would mean in a filter or a name', async () => {
    const name = 'Jürgen "Q" O’Neil, <+#;=\\> *)(cn=*';
    const added = person('odd', 'people', 'star*@acme.example');
    // RFC 4514 section 2.4.
    const dn = `cn=${name.replaceAll(/[",+;<>=#\\]/g, '\\$&')},ou=people,${SUFFIX}`;
    await admin.add(dn, { ...added.entry, cn: name });
    await change(`cn=operators,ou=groups,${SUFFIX}`, 'add', 'member', dn);
    expect(await check(added.mail)).toMatchObject({ outcome: 'accept', account: { name, roles: ['admin'] } });
    for (const email of [
      '*',
      '*)(mail=*',
      '*)(objectClass=*',
      'star\\2a@acme.example',
      'star\0@acme.example',
      '',
      `${'x'.repeat(100_000)}@acme.example`,
    ])
      expect(await check(email)).toEqual({ outcome: 'not-mine' });
  });

  it('takes no role from a group that is named as what every object has', async () => {
    const { dn, mail } = await addPerson();
    for (const cn of ['constructor', '__proto__', 'toString']) {
      await admin.add(`cn=${cn},ou=groups,${SUFFIX}`, { objectClass: 'groupOfNames', cn, member: dn });
    }
    expect(await check(mail)).toMatchObject({ outcome: 'accept', account: { roles: [] } });
  });

  it('is sent no password without TLS, or where its certificate is another’s', async () => {
    for (const url of ['ldap://127.0.0.1', 'ldapi:///'])
      expect(() => new Directory({ ...options, url })).toThrow(TypeError);
    const { mail } = await addPerson();
    const other = new Directory({ ...options, ca: selfSignedCertificate().cert });
    await expect(check(mail, OURS, other)).rejects.toThrow(/certificate/);
    const elsewhere = new Directory({ ...options, url: options.url.replace('127.0.0.1', '127.0.0.2') });
    await expect(check(mail, OURS, elsewhere)).rejects.toThrow(/ECONNREFUSED|altnames/);
  });

  it('refers no login to another directory, and one that says nothing is not waited for', async () => {
    const met: string[] = [];
    const silent = createServer((socket) => void met.push(String(socket.resume().remotePort)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const referral = `cn=elsewhere,ou=people,${SUFFIX}`;
    const entry = { objectClass: ['referral', 'extensibleObject'], cn: 'elsewhere' };
    await admin.add(referral, { ...entry, ref: `ldap://127.0.0.1:${port}/dc=evil,dc=example` });
    const { mail } = await addPerson();
    expect(await check(mail)).toMatchObject({ outcome: 'accept' });
    expect(await check('elsewhere@acme.example')).toEqual({ outcome: 'not-mine' });
    expect(met).toEqual([]);
    const url = `ldaps://127.0.0.1:${port}`;
    await expect(check(mail, OURS, new Directory({ ...options, url, patience: 100 }))).rejects.toThrow(
      'timeout',
    );
    expect(met).toHaveLength(1);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('takes an address for a value, whatever is in it, and no password for none', async () => {
    const { mail } = await addPerson();
    expect((await login(mail)).status).toBe(200);
    const [local = ''] = mail.split('@');
    for (const email of ['*@acme.example', `${local}*@acme.example`, `${local.slice(0, -1)}*@acme.example`])
      expectProblem(await login(email), 401, 'INVALID_CREDENTIALS');
    expectProblem(await login(mail, ''), 400, 'VALIDATION_FAILED');
    expect(await check(mail, '')).toEqual({ outcome: 'reject' });
    // Not even one that the strategy does not know gets there.
    const asked = await server.app.get(ExternalPasswords).check('unknown@acme.example', '', CLIENT);
    expect(asked).toEqual({ outcome: 'reject' });
  });

  it('knows an entry by what stays, when its address changes and goes to another', async () => {
    const one = await addPerson();
    const { user } = (await login(one.mail)).body;
    await change(one.dn, 'replace', 'mail', `moved-${one.mail}`);
    expect((await login(`moved-${one.mail}`)).body.user).toEqual(user);
    expectProblem(await login(one.mail), 401, 'INVALID_CREDENTIALS');
    const other = await addPerson('people', one.mail);
    const denied = await login(other.mail);
    expectProblem(denied, 403, 'LOGIN_DENIED');
    expect(denied.body).toMatchObject({ reason: 'ACCOUNT_NOT_LINKED' });
  });

  it('takes no account over that has the same address', async () => {
    const local = await localUser(true);
    await addPerson('people', local.user.email);
    const denied = await login(local.user.email);
    expectProblem(denied, 403, 'LOGIN_DENIED');
    expect(denied.body).toMatchObject({ reason: 'ACCOUNT_NOT_LINKED' });
    expectProblem(await login(local.user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');
    expect((await server.api.profile(local.accessToken)).status).toBe(200);
  });

  it('takes one over where the strategy wants it and both have proved the address, and its password ends', async () => {
    const proved = await localUser(true);
    await addPerson('partners', proved.user.email);
    expect((await login(proved.user.email)).body.user).toEqual({ ...proved.user, emailVerified: true });
    expectProblem(await login(proved.user.email, PASSWORD), 401, 'INVALID_CREDENTIALS');
    // Who registered another's address waits for its owner's login.
    const squatter = await localUser(false);
    await addPerson('partners', squatter.user.email);
    expectProblem(await login(squatter.user.email), 403, 'LOGIN_DENIED');
  });

  it('lets none in who is disabled here, and tells only those who know the password', async () => {
    const { mail } = await addPerson();
    const { user } = (await login(mail)).body;
    await server.app.get(UsersRepository).setDisabled(user.id, true);
    expectProblem(await login(mail), 403, 'ACCOUNT_DISABLED');
    expectProblem(await login(mail, 'wrong'), 401, 'INVALID_CREDENTIALS');
    await server.app.get(UsersRepository).setDisabled(user.id, false);
    await admin.del(`cn=person-${people},ou=people,${SUFFIX}`);
    expectProblem(await login(mail), 401, 'INVALID_CREDENTIALS');
  });

  it('ends the tokens of before although a role could not be changed', async () => {
    const { dn, mail } = await addPerson();
    const group = `cn=operators,ou=groups,${SUFFIX}`;
    await change(group, 'add', 'member', dn);
    const before = (await login(mail)).body;
    await change(group, 'delete', 'member', dn);
    const users = server.app.get(UsersRepository);
    const withdraw = users.withdrawRole.bind(users);
    const broken = jest.spyOn(users, 'withdrawRole').mockImplementation(async (...given) => {
      await withdraw(...given);
      throw new Error('the connection is gone');
    });
    const revoke = jest.spyOn(server.app.get(RevocationService), 'revokeSubject');
    expect((await login(mail)).status).toBe(500);
    expect(revoke).toHaveBeenCalledWith(before.user.id);
    broken.mockRestore();
    revoke.mockRestore();
    expectProblem(await server.api.profile(before.accessToken), 401, 'TOKEN_REVOKED');
  });

  it('gives and takes roles by groups, and tokens with those of before die', async () => {
    const { dn, mail } = await addPerson();
    const group = `cn=operators,ou=groups,${SUFFIX}`;
    await change(group, 'add', 'member', dn);
    const before = (await login(mail)).body;
    expect(before.user.roles).toEqual(['admin', 'user']);
    expect((await server.api.get('/api/admin', { token: before.accessToken })).status).toBe(200);
    await change(group, 'delete', 'member', dn);
    const after = (await login(mail)).body;
    expect(after.user.roles).toEqual(['user']);
    expectProblem(await server.api.profile(before.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.get('/api/admin', { token: after.accessToken }), 403, 'INSUFFICIENT_ROLE');
  });

  it('keeps the password: here it is shown again, and neither changed nor reset', async () => {
    const { mail } = await addPerson();
    const { accessToken: token, user } = (await login(mail)).body;
    const passwords = { currentPassword: OURS, newPassword: 'another correct horse' };
    expectProblem(
      await server.api.post('/api/auth/password/change', passwords, { token }),
      409,
      'NO_LOCAL_PASSWORD',
    );
    const wrong = { ...passwords, currentPassword: 'wrong' };
    expectProblem(
      await server.api.post('/api/auth/password/change', wrong, { token }),
      401,
      'INVALID_CREDENTIALS',
    );
    expect((await server.api.post('/api/auth/password/forgot', { email: mail })).status).toBe(202);
    expect(
      await server.app.get(OneTimeTokensRepository, { strict: false }).findAll(user.id, new Date(0)),
    ).toEqual([]);
    const [told] = await readOutbox(server.dataDir, { to: mail, template: 'password-elsewhere', atLeast: 1 });
    expect(told).toMatchObject({ subject: 'Your Latchkey password is kept elsewhere', link: undefined });
    const shown = await server.api.post('/api/auth/reauthenticate', { password: OURS }, { token });
    expect(shown.status).toBe(204);
  });

  it('is named in the export, and forgotten with the account', async () => {
    const { mail } = await addPerson();
    const { accessToken: token, user } = (await login(mail)).body;
    const { body } = await server.api.get<{ linkedIdentities: object[] }>('/api/profile/export', { token });
    expect(body.linkedIdentities).toEqual([
      {
        strategy: 'directory',
        externalId: expect.stringMatching(/^[\da-f-]{36}$/),
        createdAt: expect.any(String),
      },
    ]);
    const deleted = await server.api.request('DELETE', '/api/profile', { token, json: { password: OURS } });
    expect(deleted.status).toBe(204);
    const again = (await login(mail)).body.user;
    expect(again.id).not.toBe(user.id);
  });

  it('that is down lets no one in, but for accounts of Latchkey’s own where the strategy says so', async () => {
    const { mail } = await addPerson();
    const local = await localUser(true);
    const guessed = await localUser(true);
    await directory.stop();
    try {
      for (const email of [mail, 'unknown-too@acme.example'])
        expectProblem(await login(email), 503, 'UNAVAILABLE');
      expect((await login(local.user.email, PASSWORD)).status).toBe(200);
      for (let time = 0; time < 3; time += 1)
        expectProblem(await login(guessed.user.email, 'wrong'), 503, 'UNAVAILABLE');
      expectProblem(await login(guessed.user.email, PASSWORD), 429, 'ACCOUNT_THROTTLED');
      whenUnavailable = 'refuse';
      expectProblem(await login(local.user.email, PASSWORD), 503, 'UNAVAILABLE');
    } finally {
      whenUnavailable = 'local';
      await directory.startAgain();
    }
    await admin.unbind();
    admin = await signedIn();
    expect((await login(mail)).status).toBe(200);
  });
});
