import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseConfig, type SigningAlg } from '../../../src/config/config.js';
import { AccessTokenVerifier } from '../../../src/tokens/access/access-token-verifier.js';
import { AccessTokenInvalidError } from '../../../src/tokens/access/access-token.errors.js';
import { encodePart } from '../../support/jws.js';
import { expectProblem } from '../support/problems.js';
import { sendRaw } from '../support/raw-http.js';
import { CLAIMS_TABLES } from './claims-rows.js';
import { CONFUSION_ROWS } from './confusion-rows.js';
import type { Forge, Row } from './forge.js';
import { type Entrance, type ForgedServer, startForgedServers } from './forged-server.js';
import { ALG_ROWS, CRITICAL_ROWS, KEY_MEMBER_ROWS, KID_ROWS, TYP_ROWS } from './header-rows.js';
import { watchOutgoing } from './outgoing.js';
import { SIGNATURE_ROWS } from './signature-rows.js';
import { TEXT_TABLES } from './text-rows.js';

type Tables = Readonly<Record<string, readonly Row[]>>;

/** What depends on the algorithm and its keys. */
export const KEY_TABLES: Tables = {
  'an algorithm': ALG_ROWS,
  'the public key for a secret': CONFUSION_ROWS,
  'a type': TYP_ROWS,
  'a key id': KID_ROWS,
  'a key that comes along': KEY_MEMBER_ROWS,
  'what is critical or has no place in a header': CRITICAL_ROWS,
  'a signature': SIGNATURE_ROWS,
};

/** What does not: it is read alike whatever the signature. */
export const CONTENT_TABLES: Tables = { ...CLAIMS_TABLES, ...TEXT_TABLES };

const DETAILS = {
  TOKEN_INVALID: 'The access token is not valid.',
  TOKEN_EXPIRED: 'The access token has expired.',
} as const;

/**
 * Milliseconds until a forgery is refused. What is slow by itself is slow each time; what was slow because the machine, or
 * another thread of this process, did something else is quick once in so many tries.
 */
const TIME_LIMIT = 50;
const TRIES = 200;

/** No forgery of the tables opens any entrance of a server that signs with `alg`, or of another service that takes its tokens. */
export function refusesForgeries(alg: SigningAlg, tables: Tables): void {
  let forged: ForgedServer;
  let outgoing: ReturnType<typeof watchOutgoing>;

  beforeAll(async () => {
    forged = await startForgedServers(alg);
    const { url: database } = forged.server.app.get(DatabaseConfig);
    outgoing = watchOutgoing([
      forged.server.url,
      ...(forged.service ? [forged.service.url] : []),
      ...(database === undefined ? [] : [database]),
    ]);
  });

  afterAll(async () => {
    outgoing.stop();
    await forged.close();
  });

  async function expectAccepted(token: string): Promise<void> {
    for (const [entrance, status] of forged.entrances) {
      expect([entrance, (await forged.send(entrance, token)).status]).toEqual([entrance, status]);
    }
  }

  /** @returns how long the answer took; milliseconds */
  async function expectRefused(entrance: Entrance, token: string, { code }: Row): Promise<number> {
    const startedAt = performance.now();
    const answer = await forged.send(entrance, token);
    const took = performance.now() - startedAt;
    // passport knows one reason only.
    const said = entrance === '/passport' ? 'TOKEN_INVALID' : (code ?? 'TOKEN_INVALID');
    expectProblem(answer, 401, said);
    // RFC 6750 section 3.1: no error where there are no credentials.
    const error =
      said === 'TOKEN_MISSING' ? '' : `, error="invalid_token", error_description="${DETAILS[said]}"`;
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer realm="latchkey"${error}`);
    return took;
  }

  describe('accepts', () => {
    it('the untouched token', async () => {
      await expectAccepted(forged.forge.genuine);
    });

    it('what the forge makes, while it changes nothing', async () => {
      const { forge } = forged;
      for (const token of [
        forge.token(),
        forge.withHeader({}),
        forge.withClaims({}),
        forge.withClaimText('exp', String(forge.claims['exp'])),
        forge.token({ header: JSON.stringify(forge.header), payload: JSON.stringify(forge.claims) }),
        forge.signed(forge.genuine.slice(0, forge.genuine.lastIndexOf('.'))),
        forge.withSignature(forge.signature),
        ...(alg === 'HS256' ? [forge.maced(forge.key.export(), 'HS256')] : []),
      ]) {
        await expectAccepted(token);
      }
    });

    it('claims that a team adds, nested and in any script, up to 8,191 characters', async () => {
      const { forge } = forged;
      await expectAccepted(
        forge.withClaims({ tenant: { id: 1, tags: ['a', 'ü', '管'], proto: '__proto__' } }),
      );
      const rest = 8191 - forge.withClaims({ padding: '' }).length;
      const long = forge.withClaims({ padding: 'x'.repeat(Math.floor((rest * 3) / 4)) });
      expect(long.length).toBeGreaterThan(8185);
      await expectAccepted(long);
    });
  });

  const own = Object.entries(tables)
    .map(([title, rows]): [string, Row[]] => [title, rows.filter(({ only }) => only?.includes(alg) ?? true)])
    .filter(([, rows]) => rows.length > 0);

  describe('of a truly signed token', () => {
    it.each(['someone', '0', `'or'1'='1`, '00000000-0000-4000-8000-000000000000'])(
      'the subject %s is no account, which is no mistake of the server',
      async (sub) => {
        const token = forged.forge.withClaims({ sub });
        expectProblem(await forged.send('/api/profile', token), 401, 'TOKEN_INVALID');
        const answer = await forged.send('/api/auth/verify', token);
        expect([answer.status, answer.headers.get('x-auth-subject')]).toEqual([204, sub]);
      },
    );

    it('roles of any script reach a gateway, one comma for two of them', async () => {
      const roles = ['Team lead', 'Süd', '管理', 'a,b', '100%', '😀'];
      const answer = await forged.send('/api/auth/verify', forged.forge.withClaims({ roles }));
      const sent = answer.headers.get('x-auth-roles') ?? '';
      expect([answer.status, sent.split(',').map(decodeURIComponent)]).toEqual([204, roles]);
      expect(sent).toMatch(/^Team lead,/);
    });
  });

  describe.each(own)('refuses %s:', (_, rows) => {
    it.each(rows.map((row): [string, Row] => [row.title.replaceAll('%', '%%'), row]))(
      '%s',
      async (_title, row) => {
        const tokens = [await row.make(forged.forge)].flat();
        expect(tokens.length).toBeGreaterThan(0);
        for (const token of tokens) {
          expect(token).not.toBe(forged.forge.genuine);
          for (const [entrance] of forged.entrances) {
            let fastest = await expectRefused(entrance, token, row);
            for (let tries = 1; tries < TRIES && fastest >= TIME_LIMIT; tries += 1) {
              fastest = Math.min(fastest, await expectRefused(entrance, token, row));
            }
            expect(fastest).toBeLessThan(TIME_LIMIT);
          }
        }
      },
    );
  });

  describe('refuses what HTTP does not carry', () => {
    it.each<[string, (forge: Forge) => string]>([
      ['a token of 17,000 characters', (forge) => forge.withClaims({ padding: 'x'.repeat(12_500) })],
      ['a token of 1 MB', (forge) => forge.withClaims({ padding: 'x'.repeat(750_000) })],
      ['lists 100,000 deep', (forge) => forge.token({ payload: `${'['.repeat(1e5)}${']'.repeat(1e5)}` })],
      [
        'objects 100,000 deep',
        (forge) => forge.token({ payload: `${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}` }),
      ],
      ['a header 100,000 deep', () => `${encodePart('['.repeat(1e5))}.${encodePart({})}.AA`],
    ])('%s: 431, and by the verifier itself', async (_, make) => {
      const token = make(forged.forge);
      const request = `GET /api/profile HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
      expectProblem(await sendRaw(forged.server.url, request), 431, 'HEADERS_TOO_LARGE');

      const verifier = forged.server.app.get(AccessTokenVerifier);
      expect(() => verifier.verify(token)).toThrow(AccessTokenInvalidError);
    });
  });

  // After all of that.
  it('still accepts the untouched token', async () => {
    await expectAccepted(forged.forge.genuine);
  });

  it('makes no request to an address that a token names', async () => {
    expect(outgoing.tried).toEqual([]);
    expect(forged.trap.connections()).toBe(0);

    // Both would have noticed.
    await fetch(`${forged.trap.url}/jwks.json`);
    expect(outgoing.tried).toEqual([forged.trap.url.replace('http://', '')]);
    expect(forged.trap.connections()).toBe(1);
  });
}
