import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Measurements } from '../../src/common/measurements.js';
import type { Clock } from '../../src/common/clock.js';
import type { TokensConfig } from '../../src/config/config.js';
import type { DatabaseConnection } from '../../src/database/database.js';
import { DrizzleUnitOfWork } from '../../src/database/drizzle-unit-of-work.js';
import { DerivedKeys } from '../../src/secrets/derived-keys.js';
import { PostgresRevocationStore } from '../../src/tokens/revocation/postgres-revocation-store.js';
import { LocalPushChannel } from '../../src/push/local-push-channel.js';
import { RevocationList } from '../../src/tokens/revocation/revocation-list.js';
import { RevocationService } from '../../src/tokens/revocation/revocation.service.js';
import { NO_ONE_TIME_TOKENS } from '../support/no-one-time-tokens.js';
import { NO_KEYS, tokenOfSession } from '../support/held-revocations.js';
import { PostgresSessionsRepository } from '../../src/tokens/sessions/postgres-sessions.repository.js';
import { RefreshRotationService } from '../../src/tokens/sessions/refresh-rotation.service.js';
import { RefreshTokenCodec } from '../../src/tokens/sessions/refresh-token-codec.js';
import type { OpenedSession, Session } from '../../src/tokens/sessions/session.js';
import {
  RefreshTokenExpiredError,
  RefreshTokenInvalidError,
  RefreshTokenReusedError,
  SessionEndedError,
} from '../../src/tokens/sessions/sessions.errors.js';
import type { SessionRotation } from '../../src/tokens/sessions/session-rotation.js';
import { TokenEvents } from '../../src/tokens/token-events.js';
import { SessionEnder } from '../../src/tokens/sessions/session-ender.js';
import { SessionSettlement } from '../../src/tokens/sessions/session-settlement.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';
import { testConfig, type TestEnvironment } from '../support/test-config.js';
import { type DatabaseUnderTest, describeOnEachDatabase } from './database-under-test.js';
import { ManualClock } from './manual-clock.js';

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const GRACE = 10 * SECOND;
const IDLE = 2 * HOUR;
const MAX_AGE = 7 * HOUR;
const SETTINGS: TestEnvironment = {
  APP_SECRET: randomBytes(32).toString('hex'),
  REFRESH_GRACE: '10s',
  REFRESH_TOKEN_TTL: '2h',
  SESSION_MAX_AGE: '7h',
};
const NO_CLIENT = { ip: null, userAgent: null };

const PREFIX = 'lk_rt_';
/** Where the parts of a token begin: version, session id, generation, secret, MAC. */
const AT = { version: 0, id: 1, generation: 17, secret: 21, mac: 53, end: 85 };

/** The same token with other bytes. */
function withBytes(change: (bytes: Buffer) => Buffer): (token: string) => string {
  return (token) => {
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    return PREFIX + change(bytes).toString('base64url');
  };
}

const withBitFlipped = (position: number) =>
  withBytes((bytes) => {
    bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
    return bytes;
  });

/** The same token with another text after the prefix. */
const withText = (change: (text: string) => string) => (token: string) =>
  PREFIX + change(token.slice(PREFIX.length));

const inOtherCase = (letter: string) =>
  letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();

const TAMPERINGS: [string, (token: string) => string][] = [
  ['another version', withBitFlipped(AT.version)],
  ['another session id (first byte)', withBitFlipped(AT.id)],
  ['another session id (last byte)', withBitFlipped(AT.generation - 1)],
  ['another generation (first byte)', withBitFlipped(AT.generation)],
  ['another generation (last byte)', withBitFlipped(AT.secret - 1)],
  ['another secret (first byte)', withBitFlipped(AT.secret)],
  ['another secret (last byte)', withBitFlipped(AT.mac - 1)],
  ['another MAC (first byte)', withBitFlipped(AT.mac)],
  ['another MAC (last byte)', withBitFlipped(AT.end - 1)],
  ['no MAC', withBytes((bytes) => bytes.subarray(0, AT.mac))],
  ['a MAC of zeros', withBytes((bytes) => Buffer.concat([bytes.subarray(0, AT.mac), Buffer.alloc(32)]))],
  ['a byte more', withBytes((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
  ['a byte less', withBytes((bytes) => bytes.subarray(0, -1))],
  ['upper case', withText((text) => text.toUpperCase())],
  ['lower case', withText((text) => text.toLowerCase())],
  ['one letter in the other case', withText((text) => text.replace(/(?<=.{40}.*)[A-Za-z]/, inOtherCase))],
  // 85 bytes leave four bits of the last character unused.
  ['stray bits in the last character', withText((text) => text.slice(0, -1) + strayBits(text.slice(-1)))],
  ['a character outside the alphabet', withText((text) => `${text.slice(0, 50)}!${text.slice(51)}`)],
  ['padded', (token) => `${token}==`],
  ['padding in the place of the last character', (token) => `${token.slice(0, -1)}=`],
  ['without its last character', (token) => token.slice(0, -1)],
  ['half of it', (token) => token.slice(0, token.length / 2)],
  ['the prefix alone', () => PREFIX],
  ['nothing', () => ''],
  ['without the prefix', (token) => token.slice(PREFIX.length)],
  ['another prefix', (token) => token.replace(PREFIX, 'lk_at_')],
  ['the prefix in upper case', (token) => token.replace(PREFIX, 'LK_RT_')],
  ['with a suffix', (token) => `${token}A`],
  ['with a dot and more', (token) => `${token}.e30`],
  ['twice', (token) => token + token],
  ['a space before', (token) => ` ${token}`],
  ['a line end after', (token) => `${token}\n`],
  ['a line end in the place of the last character', (token) => `${token.slice(0, -1)}\n`],
];

function strayBits(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(character) | 0b1111);
}

/** Counts what is asked of the store, and can let something happen just before a rotation. */
class ObservedSessionsRepository extends PostgresSessionsRepository {
  calls = 0;
  beforeRotate: (() => Promise<unknown>) | undefined;

  override async rotate(rotation: SessionRotation): Promise<Session | undefined> {
    this.calls += 1;
    const before = this.beforeRotate;
    this.beforeRotate = undefined;
    await before?.();
    return super.rotate(rotation);
  }

  override async findById(id: string): Promise<Session | undefined> {
    this.calls += 1;
    return super.findById(id);
  }

  override async end(...parameters: Parameters<PostgresSessionsRepository['end']>): Promise<string[]> {
    this.calls += 1;
    return super.end(...parameters);
  }
}

/** One process: the real services, wired as the module does it. */
class Process {
  readonly repository: ObservedSessionsRepository;
  readonly revocations: RevocationList;
  readonly codec: RefreshTokenCodec;
  readonly sessions: SessionsService;
  private readonly rotation: RefreshRotationService;

  constructor(connection: DatabaseConnection, config: TokensConfig, clock: Clock) {
    this.repository = new ObservedSessionsRepository(connection);
    const store = new PostgresRevocationStore(connection.db, connection);
    this.revocations = new RevocationList(store, new LocalPushChannel(), config, clock, new Measurements());
    const revocation = new RevocationService(store, this.revocations, NO_KEYS, config, clock);
    this.codec = new RefreshTokenCodec(new DerivedKeys(config));
    const unitOfWork = new DrizzleUnitOfWork(connection);
    const events = new TokenEvents();
    const ender = new SessionEnder(
      this.repository,
      revocation,
      events,
      NO_ONE_TIME_TOKENS,
      unitOfWork,
      clock,
    );
    const settlement = new SessionSettlement(this.repository);
    this.sessions = new SessionsService(this.repository, this.codec, ender, config, clock, settlement);
    this.rotation = new RefreshRotationService(
      this.repository,
      ender,
      this.codec,
      config,
      clock,
      new Measurements(),
    );
  }

  async open(subject: string = randomUUID()): Promise<OpenedSession> {
    return this.sessions.open(subject, NO_CLIENT);
  }

  async refresh(token: string, clientId: string | null = null): Promise<string> {
    return (await this.rotation.rotate(token, null, undefined, { clientId })).refreshToken;
  }

  async find(token: string, clientId: string | null): Promise<Session | undefined> {
    return this.rotation.find(token, { clientId });
  }

  /** All tokens of the family up to this generation, the session's first one included. */
  async chain(token: string, rotations: number): Promise<string[]> {
    const tokens = [token];
    let live = token;
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      live = await this.refresh(live);
      tokens.push(live);
    }
    return tokens;
  }

  async row(session: Session): Promise<Session> {
    const row = await this.repository.findById(session.id);
    if (!row) throw new Error('The session is not there.');
    return row;
  }
}

describeOnEachDatabase('RefreshRotationService', (open) => {
  let database: DatabaseUnderTest;
  let clock: ManualClock;
  let processes: Process[];
  let first: Process;

  /** New processes on the same database. */
  function start(environment: TestEnvironment = {}): Process {
    const config = testConfig('unused', { ...SETTINGS, ...environment }).tokens;
    const started = database.connections.map((connection) => new Process(connection, config, clock));
    processes = started;
    return started[0] as Process;
  }

  function processAt(index: number): Process {
    return processes[index % processes.length] ?? first;
  }

  /** What each process makes of the token, all at once. */
  async function outcomes(tokens: readonly string[]): Promise<string[]> {
    return Promise.all(tokens.map((token, index) => outcomeOf(processAt(index), token)));
  }

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await open(4);
  });
  beforeEach(() => {
    clock = new ManualClock();
    first = start();
  });
  afterAll(() => database?.remove());

  describe('the live token', () => {
    it('is exchanged for its successor, again and again, in one session', async () => {
      const { session, refreshToken } = await first.open();
      const tokens = await first.chain(refreshToken, 10);

      expect(new Set(tokens).size).toBe(11);
      expect(await first.row(session)).toMatchObject({ generation: 10, endedAt: null });
      expect(await first.sessions.listOpen(session.subject, { limit: 100 })).toHaveLength(1);
    });

    it('used 100 times at once gives one live chain, whichever of the answers is used next', async () => {
      const { session, refreshToken } = await first.open();
      const answers = await outcomes(Array.from({ length: 100 }, () => refreshToken));
      const [successor = ''] = answers;

      expect(new Set(answers).size).toBe(1);
      expect(await first.row(session)).toMatchObject({ generation: 1, endedAt: null });

      const next = await outcomes(answers);
      expect(new Set(next).size).toBe(1);
      expect(next[0]).toBe(await first.refresh(successor));
      expect(await first.row(session)).toMatchObject({ generation: 2, endedAt: null });
      expect(await first.sessions.listOpen(session.subject, { limit: 100 })).toHaveLength(1);
    });

    it('of one session does not touch another session of the same subject', async () => {
      const { session, refreshToken } = await first.open();
      const other = await first.open(session.subject);
      await first.chain(refreshToken, 3);

      expect(await first.row(other.session)).toEqual(other.session);
    });
  });

  describe('many tokens at once', () => {
    it('are each answered for themselves: live ones, one twice, one replaced, one stolen, one ended', async () => {
      const [live, twice, replaced, stolen, ended] = (await Promise.all(
        Array.from({ length: 5 }, () => first.open()),
      )) as [OpenedSession, OpenedSession, OpenedSession, OpenedSession, OpenedSession];
      const successor = await first.refresh(replaced.refreshToken);
      await first.chain(stolen.refreshToken, 2);
      await first.sessions.end({ subject: ended.session.subject, only: ended.session.id, reason: 'logout' });
      const presented = [live, twice, replaced, twice, stolen, ended, live].map(
        (opened) => opened.refreshToken,
      );
      const answers = await Promise.all(presented.map((token) => outcomeOf(first, token)));

      expect(answers[0]).toMatch(/^lk_rt_/);
      expect(answers[1]).toMatch(/^lk_rt_/);
      expect(answers.slice(2)).toEqual([
        successor,
        answers[1],
        'RefreshTokenReusedError',
        'SessionEndedError',
        answers[0],
      ]);
      expect(await first.row(live.session)).toMatchObject({ generation: 1, endedAt: null });
      expect(await first.row(stolen.session)).toMatchObject({ generation: 2, endReason: 'reuse_stale' });
    });
  });

  describe('the token just replaced', () => {
    it('gets the same successor until the grace window closes, to the millisecond', async () => {
      const { session, refreshToken } = await first.open();
      const successor = await first.refresh(refreshToken);
      clock.advance(GRACE - 1);

      expect(await first.refresh(refreshToken)).toBe(successor);
      clock.advance(1);
      await expect(first.refresh(refreshToken)).rejects.toThrow(RefreshTokenReusedError);
      expect((await first.row(session)).endReason).toBe('reuse_recent');
    });

    it('does not extend the window by being used, nor change anything else', async () => {
      const { session, refreshToken } = await first.open();
      await first.refresh(refreshToken);
      const fixedAt = clock.now() + GRACE;
      const rotated = await first.row(session);
      expect(rotated.graceUntil).toEqual(new Date(fixedAt));

      for (const pause of [1, GRACE / 2, GRACE / 2 - 2]) {
        clock.advance(pause);
        await first.refresh(refreshToken);
        expect(await first.row(session)).toEqual(rotated);
      }
      clock.advance(1);
      expect(clock.now()).toBe(fixedAt);
      expect(await outcomeOf(first, refreshToken)).toBe('RefreshTokenReusedError');
    });

    it('is no longer answered, even within the window, once its successor was used', async () => {
      const { session, refreshToken } = await first.open();
      await first.chain(refreshToken, 2);

      expect(await outcomeOf(first, refreshToken)).toBe('RefreshTokenReusedError');
      expect((await first.row(session)).endReason).toBe('reuse_stale');
    });

    it('has a window of its own after each rotation', async () => {
      const { refreshToken } = await first.open();
      const second = await first.refresh(refreshToken);
      clock.advance(GRACE - 1);
      const third = await first.refresh(second);
      clock.advance(GRACE - 1);

      expect(await first.refresh(second)).toBe(third);
      clock.advance(1);
      expect(await outcomeOf(first, second)).toBe('RefreshTokenReusedError');
    });
  });

  describe('reuse', () => {
    it('of the token replaced last, after the window, ends the session: reuse_recent', async () => {
      const { session, refreshToken } = await first.open();
      const [, old = '', live = ''] = await first.chain(refreshToken, 2);
      clock.advance(GRACE);

      await expect(first.refresh(old)).rejects.toThrow(RefreshTokenReusedError);
      expect(await first.row(session)).toMatchObject({
        endedAt: new Date(clock.now()),
        endReason: 'reuse_recent',
      });
      expect(await outcomes([live, old, refreshToken, live])).toEqual(Array(4).fill('SessionEndedError'));
    });

    it('of an older token ends the session: reuse_stale', async () => {
      const { session, refreshToken } = await first.open();
      const [, , , live = ''] = await first.chain(refreshToken, 3);

      await expect(first.refresh(refreshToken)).rejects.toThrow(RefreshTokenReusedError);
      expect((await first.row(session)).endReason).toBe('reuse_stale');
      expect(await outcomeOf(first, live)).toBe('SessionEndedError');
    });

    it('is durable and revokes the access tokens, although the call failed', async () => {
      const { session, refreshToken } = await first.open();
      const [, live = ''] = await first.chain(refreshToken, 1);
      clock.advance(GRACE);
      await expect(first.refresh(refreshToken)).rejects.toThrow(RefreshTokenReusedError);
      await database.restart();
      const restarted = start();
      await restarted.revocations.onModuleInit();
      try {
        expect((await restarted.row(session)).endReason).toBe('reuse_recent');
        expect(await outcomeOf(restarted, live)).toBe('SessionEndedError');
        expect(restarted.revocations.isRevoked(tokenOfSession(session.id))).toBe(true);
      } finally {
        restarted.revocations.onApplicationShutdown();
      }
    });

    it('revokes the access tokens in its own process at once', async () => {
      const { session, refreshToken } = await first.open();
      await first.chain(refreshToken, 2);
      await first.revocations.onModuleInit();
      try {
        expect(first.revocations.isRevoked(tokenOfSession(session.id))).toBe(false);
        await expect(first.refresh(refreshToken)).rejects.toThrow(RefreshTokenReusedError);
        expect(first.revocations.isRevoked(tokenOfSession(session.id))).toBe(true);
      } finally {
        first.revocations.onApplicationShutdown();
      }
    });

    it('does not end the subject’s other sessions', async () => {
      const { session, refreshToken } = await first.open();
      const other = await first.open(session.subject);
      await first.chain(refreshToken, 2);
      await outcomeOf(first, refreshToken);

      expect(await first.sessions.listOpen(session.subject, { limit: 100 })).toEqual([other.session]);
      expect(await outcomeOf(first, other.refreshToken)).toMatch(/^lk_rt_/);
    });

    it('is found at every depth from 1 to 50 once the window has closed', async () => {
      const { session, refreshToken } = await first.open();
      const [, ...others] = await first.chain(refreshToken, 50);
      const live = await first.row(session);
      const content = first.codec.decode(others.at(-1) ?? '');
      if (!content) throw new Error('The token is not ours.');
      clock.advance(GRACE);
      const results = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const depth = index + 1;
          // A session of its own for each depth, that was rotated just as often.
          const id = randomUUID();
          await first.repository.create({ ...live, id });
          const old = first.codec.encode({ ...content, sessionId: id, generation: 50 - depth });
          const current = first.codec.encode({ ...content, sessionId: id });
          const replayed = await outcomeOf(processAt(depth), old);
          const afterwards = await outcomeOf(processAt(depth), current);
          return { depth, replayed, afterwards, reason: (await first.repository.findById(id))?.endReason };
        }),
      );

      expect(results).toEqual(
        results.map((_, index) => ({
          depth: index + 1,
          replayed: 'RefreshTokenReusedError',
          afterwards: 'SessionEndedError',
          reason: index === 0 ? 'reuse_recent' : 'reuse_stale',
        })),
      );
    });

    it.each(['before', 'after'])(
      'at the same moment as a refresh leaves nothing alive (old token sent %s the live one)',
      async (order) => {
        const families = await Promise.all(
          Array.from({ length: 20 }, async (_, index) => {
            const { session, refreshToken } = await processAt(index).open();
            return { session, tokens: await processAt(index).chain(refreshToken, 2) };
          }),
        );
        clock.advance(GRACE);
        const rounds = await Promise.all(
          families.map(async ({ session, tokens: [, old = '', live = ''] }) => {
            const sent = order === 'before' ? [old, live] : [live, old];
            const answers = await outcomes(sent);
            return {
              session,
              tokens: [...answers.filter((answer) => answer.startsWith('lk_rt_')), live, old],
            };
          }),
        );

        for (const { session, tokens } of rounds) {
          expect((await first.row(session)).endReason).toMatch(/^reuse_/);
          expect(await outcomes(tokens)).toEqual(tokens.map(() => 'SessionEndedError'));
          expect(await first.sessions.listOpen(session.subject, { limit: 100 })).toEqual([]);
        }
      },
    );

    it('found while the live token is just being exchanged ends the session all the same', async () => {
      const { session, refreshToken } = await first.open();
      const [, old = '', live = ''] = await first.chain(refreshToken, 2);
      clock.advance(GRACE);
      let successor = '';
      first.repository.beforeRotate = async () => {
        successor = await first.refresh(live);
      };

      expect(await outcomeOf(first, old)).toBe('RefreshTokenReusedError');
      expect(await outcomeOf(first, successor)).toBe('SessionEndedError');
      expect((await first.row(session)).endReason).toBe('reuse_stale');
    });
  });

  describe('with REFRESH_GRACE=0s', () => {
    beforeEach(() => {
      first = start({ REFRESH_GRACE: '0s' });
    });

    it('the token just replaced ends the session in the same millisecond', async () => {
      const { session, refreshToken } = await first.open();
      const successor = await first.refresh(refreshToken);

      expect(await outcomeOf(first, refreshToken)).toBe('RefreshTokenReusedError');
      expect((await first.row(session)).endReason).toBe('reuse_recent');
      expect(await outcomeOf(first, successor)).toBe('SessionEndedError');
    });

    it('one of two uses at once wins and the other ends the session', async () => {
      const { session, refreshToken } = await first.open();
      const answers = await outcomes([refreshToken, refreshToken]);
      const won = answers.filter((answer) => answer.startsWith('lk_rt_'));

      expect(won).toHaveLength(1);
      expect(answers).toContain('RefreshTokenReusedError');
      expect(await first.sessions.listOpen(session.subject, { limit: 100 })).toEqual([]);
      expect(await outcomes(won)).toEqual(['SessionEndedError']);
    });

    it('the token just replaced ends the session on a process whose clock is behind, too', async () => {
      const { session, refreshToken } = await first.open();
      await first.refresh(refreshToken);
      clock.advance(-1 * SECOND);

      expect(await outcomeOf(first, refreshToken)).toBe('RefreshTokenReusedError');
      expect((await first.row(session)).endReason).toBe('reuse_recent');
    });

    it('a use that began before the rotation and is late is reuse, too', async () => {
      const { session, refreshToken } = await first.open();
      first.repository.beforeRotate = async () => {
        clock.advance(5);
        await first.refresh(refreshToken);
      };

      expect(await outcomeOf(first, refreshToken)).toBe('RefreshTokenReusedError');
      expect((await first.row(session)).endReason).toBe('reuse_recent');
    });
  });

  describe('a session that has ended', () => {
    it('answers none of its tokens, says so, and keeps why it ended', async () => {
      const { session, refreshToken } = await first.open();
      const tokens = await first.chain(refreshToken, 2);
      await first.sessions.end({ subject: session.subject, only: session.id, reason: 'logout' });
      const ended = await first.row(session);

      expect(await outcomes(tokens)).toEqual(tokens.map(() => 'SessionEndedError'));
      await expect(first.refresh(tokens[2] ?? '')).rejects.toThrow(SessionEndedError);
      clock.advance(GRACE);
      expect(await outcomes(tokens)).toEqual(tokens.map(() => 'SessionEndedError'));
      expect(await first.row(session)).toEqual(ended);
      expect(ended).toMatchObject({ endReason: 'logout', generation: 2 });
    });
  });

  describe('a token of an OAuth client', () => {
    const openGrant = () =>
      first.sessions.open(randomUUID(), NO_CLIENT, undefined, { clientId: 'shop', scopes: ['openid'] });

    it('says nothing to others, however old it is, and they end nothing by it', async () => {
      const { session, refreshToken } = await openGrant();
      const second = await first.refresh(refreshToken, 'shop');
      const third = await first.refresh(second, 'shop');
      const before = await first.row(session);

      for (const token of [refreshToken, second, third]) {
        for (const other of [null, 'other', 'Shop', '']) {
          await expect(first.refresh(token, other)).rejects.toThrow(RefreshTokenInvalidError);
          expect(await first.find(token, other)).toBeUndefined();
        }
      }
      clock.advance(GRACE);
      await expect(first.refresh(second, null)).rejects.toThrow(RefreshTokenInvalidError);
      expect(await first.row(session)).toEqual(before);
      expect((await first.find(third, 'shop'))?.id).toBe(session.id);
      expect(await first.refresh(third, 'shop')).toMatch(/^lk_rt_/);
    });

    it('has ended says nothing to others either', async () => {
      const { session, refreshToken } = await openGrant();
      await first.sessions.end({ subject: session.subject, only: session.id, reason: 'logout' });

      await expect(first.refresh(refreshToken)).rejects.toThrow(RefreshTokenInvalidError);
      await expect(first.refresh(refreshToken, 'shop')).rejects.toThrow(SessionEndedError);
    });

    it('used again by its client ends the session, as everywhere', async () => {
      const { session, refreshToken } = await openGrant();
      await first.refresh(refreshToken, 'shop');
      clock.advance(GRACE);

      await expect(first.refresh(refreshToken, 'shop')).rejects.toThrow(RefreshTokenReusedError);
      expect((await first.row(session)).endReason).toBe('reuse_recent');
    });

    it('says nothing where it is of one of Latchkey’s own, and that goes on', async () => {
      const { session, refreshToken } = await first.open();

      await expect(first.refresh(refreshToken, 'shop')).rejects.toThrow(RefreshTokenInvalidError);
      expect(await first.row(session)).toEqual(session);
    });

    it('many at once, of several holders, are each answered for themselves', async () => {
      const [one, other] = [await openGrant(), await first.open()];
      const answers = await Promise.allSettled([
        first.refresh(one.refreshToken, 'shop'),
        first.refresh(other.refreshToken),
        first.refresh((await openGrant()).refreshToken, 'blog'),
        first.refresh((await openGrant()).refreshToken),
      ]);

      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    });
  });

  describe('idle expiry', () => {
    it.each([
      { after: IDLE - 1, refreshed: true },
      { after: IDLE, refreshed: false },
    ])('comes 2 h after the last rotation: after $after ms, refreshed is $refreshed', async (row) => {
      const { refreshToken } = await first.open();
      const live = await first.refresh(refreshToken);
      clock.advance(row.after);
      const outcome = await outcomeOf(first, live);

      expect(outcome.startsWith(PREFIX)).toBe(row.refreshed);
      expect(outcome === 'RefreshTokenExpiredError').toBe(!row.refreshed);
    });

    it('is postponed by every rotation', async () => {
      const { session, refreshToken } = await first.open();
      let live = refreshToken;
      for (let rotation = 0; rotation < 2; rotation += 1) {
        clock.advance(IDLE - 1);
        live = await first.refresh(live);
        expect((await first.row(session)).idleExpiresAt).toEqual(new Date(clock.now() + IDLE));
      }
    });

    it('is not postponed by the token just replaced', async () => {
      const { refreshToken } = await first.open();
      const live = await first.refresh(refreshToken);
      clock.advance(GRACE - 1);
      await first.refresh(refreshToken);
      clock.advance(IDLE - GRACE + 1);

      expect(await outcomeOf(first, live)).toBe('RefreshTokenExpiredError');
    });

    it('is said of old tokens, too, and is no reuse', async () => {
      const { session, refreshToken } = await first.open();
      const tokens = await first.chain(refreshToken, 3);
      clock.advance(IDLE);

      expect(await outcomes(tokens)).toEqual(tokens.map(() => 'RefreshTokenExpiredError'));
      await expect(first.refresh(tokens[3] ?? '')).rejects.toThrow(RefreshTokenExpiredError);
      expect((await first.row(session)).endedAt).toBeNull();
    });
  });

  describe('absolute expiry', () => {
    it('is where it was at the login, however often the session is used', async () => {
      const { session, refreshToken } = await first.open();
      const end = clock.now() + MAX_AGE;
      let live = refreshToken;
      for (let hour = 1; hour < 7; hour += 1) {
        clock.advance(HOUR);
        live = await first.refresh(live);
        const row = await first.row(session);
        expect(row.expiresAt).toEqual(new Date(end));
        expect(row.idleExpiresAt).toEqual(new Date(Math.min(clock.now() + IDLE, end)));
      }
      clock.advance(HOUR - 1);
      live = await first.refresh(live);
      clock.advance(1);

      expect(clock.now()).toBe(end);
      expect(await outcomeOf(first, live)).toBe('RefreshTokenExpiredError');
    });

    it('closes the grace window', async () => {
      first = start({ SESSION_MAX_AGE: '1h', REFRESH_TOKEN_TTL: '1h' });
      const { refreshToken } = await first.open();
      clock.advance(HOUR - GRACE / 2);
      const successor = await first.refresh(refreshToken);
      clock.advance(GRACE / 2 - 1);
      expect(await first.refresh(refreshToken)).toBe(successor);
      clock.advance(1);

      expect(await outcomes([refreshToken, successor])).toEqual([
        'RefreshTokenExpiredError',
        'RefreshTokenExpiredError',
      ]);
    });
  });

  describe('what is not a token of ours', () => {
    it.each(TAMPERINGS)('is refused without asking the store: %s', async (_, tamper) => {
      const { session, refreshToken } = await first.open();
      const before = await first.row(session);
      first.repository.calls = 0;
      const tampered = tamper(refreshToken);

      expect(tampered).not.toBe(refreshToken);
      await expect(first.refresh(tampered)).rejects.toThrow(RefreshTokenInvalidError);
      expect(first.repository.calls).toBe(0);
      expect(await first.row(session)).toEqual(before);
      expect(await outcomeOf(first, refreshToken)).toMatch(/^lk_rt_/);
    });

    it('is refused without asking the store: written under another APP_SECRET', async () => {
      const { refreshToken } = await first.open();
      const stranger = start({ APP_SECRET: randomBytes(32).toString('hex') });

      await expect(stranger.refresh(refreshToken)).rejects.toThrow(RefreshTokenInvalidError);
      expect(stranger.repository.calls).toBe(0);
    });

    it('is refused, and does no harm: a session that is not there, another secret', async () => {
      const { session, refreshToken } = await first.open();
      const content = first.codec.decode(refreshToken);
      if (!content) throw new Error('The token is not ours.');
      const unknown = first.codec.encode({ ...content, sessionId: randomUUID() });
      const otherSecret = first.codec.encode({ ...content, secret: randomBytes(32) });

      expect(await outcomes([unknown, otherSecret])).toEqual([
        'RefreshTokenInvalidError',
        'RefreshTokenInvalidError',
      ]);
      expect(await first.row(session)).toEqual(session);
    });
  });

  describe('after APP_SECRET was replaced', () => {
    const renewed = {
      APP_SECRET: randomBytes(32).toString('hex'),
      APP_SECRET_PREVIOUS: SETTINGS['APP_SECRET'] ?? '',
    };

    it('tokens of the previous one are accepted and their successors are of the new one', async () => {
      const { session, refreshToken } = await first.open();
      const successor = await start(renewed).refresh(refreshToken);
      const onlyNew = start({ APP_SECRET: renewed.APP_SECRET });

      expect(await outcomeOf(onlyNew, successor)).toMatch(/^lk_rt_/);
      expect((await onlyNew.row(session)).generation).toBe(2);
      first = start();
      expect(await outcomeOf(first, successor)).toBe('RefreshTokenInvalidError');
    });

    it('tokens of the previous one are refused without asking the store when it is taken away', async () => {
      const { refreshToken } = await first.open();
      const onlyNew = start({ APP_SECRET: renewed.APP_SECRET });

      await expect(onlyNew.refresh(refreshToken)).rejects.toThrow(RefreshTokenInvalidError);
      expect(onlyNew.repository.calls).toBe(0);
    });

    it('the grace window and reuse work across the change', async () => {
      const { session, refreshToken } = await first.open();
      await first.refresh(refreshToken);
      const changed = start(renewed);
      const successor = await changed.refresh(refreshToken);
      expect(await changed.refresh(refreshToken)).toBe(successor);
      clock.advance(GRACE);

      expect(await outcomes([refreshToken])).toEqual(['RefreshTokenReusedError']);
      expect((await changed.row(session)).endReason).toBe('reuse_recent');
      expect(await outcomes([successor])).toEqual(['SessionEndedError']);
    });
  });

  describe('after a restart', () => {
    it('the live token, the grace window and reuse are as they were', async () => {
      const { session, refreshToken } = await first.open();
      const successor = await first.refresh(refreshToken);
      await database.restart();
      first = start();

      expect(await first.refresh(refreshToken)).toBe(successor);
      const next = await first.refresh(successor);
      clock.advance(GRACE);
      await database.restart();
      first = start();

      expect(await outcomeOf(first, successor)).toBe('RefreshTokenReusedError');
      expect((await first.row(session)).endReason).toBe('reuse_recent');
      expect(await outcomeOf(first, next)).toBe('SessionEndedError');
    });

    it('one live chain comes of 50 uses at once, some before and some after it', async () => {
      const { session, refreshToken } = await first.open();
      const before = await outcomes(Array.from({ length: 25 }, () => refreshToken));
      await database.restart();
      first = start();
      const after = await outcomes(Array.from({ length: 25 }, () => refreshToken));

      expect(new Set([...before, ...after]).size).toBe(1);
      expect(await first.row(session)).toMatchObject({ generation: 1, endedAt: null });
    });
  });

  it('follows its rules through any sequence of uses, pauses and logouts', async () => {
    const use = fc.record({ kind: fc.constant('use' as const), back: fc.integer({ min: 0, max: 3 }) });
    const pause = fc.record({
      kind: fc.constant('pause' as const),
      milliseconds: fc.constantFrom(1, GRACE - 1, GRACE, IDLE - 1, IDLE, MAX_AGE / 2),
    });
    const logout = fc.record({ kind: fc.constant('logout' as const) });
    const step = fc.oneof({ weight: 8, arbitrary: use }, { weight: 4, arbitrary: pause }, logout);

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { session, refreshToken } = await first.open();
        const model = new FamilyModel(clock.now());
        const tokens = [refreshToken];
        const outcomesOfSteps: string[] = [];
        const expected: string[] = [];
        for (const action of steps) {
          if (action.kind === 'pause') {
            clock.advance(action.milliseconds);
            model.pause(action.milliseconds);
          } else if (action.kind === 'logout') {
            await first.sessions.end({ subject: session.subject, only: session.id, reason: 'logout' });
            model.logout();
          } else {
            const position = Math.max(0, tokens.length - 1 - action.back);
            const outcome = await outcomeOf(first, tokens[position] ?? '');
            if (position + 1 === tokens.length && outcome.startsWith(PREFIX)) tokens.push(outcome);
            outcomesOfSteps.push(outcome === tokens[position + 1] ? 'successor' : outcome);
            expected.push(model.use(position));
          }
        }
        expect(outcomesOfSteps).toEqual(expected);
        expect((await first.row(session)).endReason).toBe(model.endReason);
      }),
      { numRuns: 60 },
    );
  });
});

/** The rules of design.md once more, without a database. */
class FamilyModel {
  endReason: string | null = null;
  private generation = 0;
  private graceUntil = Number.NEGATIVE_INFINITY;
  private idleUntil: number;
  private readonly until: number;

  constructor(private now: number) {
    this.idleUntil = now + IDLE;
    this.until = now + MAX_AGE;
  }

  pause(milliseconds: number): void {
    this.now += milliseconds;
  }

  logout(): void {
    this.endReason ??= 'logout';
  }

  use(generation: number): string {
    if (this.endReason) return 'SessionEndedError';
    if (this.now >= Math.min(this.idleUntil, this.until)) return 'RefreshTokenExpiredError';
    if (generation === this.generation) {
      this.generation += 1;
      this.graceUntil = this.now + GRACE;
      this.idleUntil = this.now + IDLE;
      return 'successor';
    }
    const isPredecessor = generation === this.generation - 1;
    if (isPredecessor && this.now < this.graceUntil) return 'successor';
    this.endReason = isPredecessor ? 'reuse_recent' : 'reuse_stale';
    return 'RefreshTokenReusedError';
  }
}

/** The new token, or the name of the error. */
async function outcomeOf(process: Process, token: string): Promise<string> {
  try {
    return await process.refresh(token);
  } catch (error) {
    return (error as Error).name;
  }
}
