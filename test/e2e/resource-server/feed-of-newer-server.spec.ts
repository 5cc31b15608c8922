import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Principal } from '../../../src/common/principal.js';
import { SystemClock } from '../../../src/common/clock.js';
import { FeedRevocations } from '../../../src/resource-server/revocations/feed-revocations.js';
import { ResourceServerConfig } from '../../../src/resource-server/resource-server.config.js';
import { encodeMessage } from '../../../src/tokens/revocation/feed/feed-message.js';
import { RevocationsUnknownError } from '../../../src/tokens/revocation/revocations-unknown.error.js';
import { eventually } from '../support/eventually.js';
import { ScriptedIssuer } from './scripted-issuer.js';

const FEED = '/api/auth/revocations';
const [ENDED, ALIVE] = [randomUUID(), randomUUID()];
const known = encodeMessage({
  kind: 'revoked',
  revocations: [
    { kind: 'session', id: ENDED, issuedBefore: null, expiresAt: new Date(Date.now() + 600_000) },
  ],
});
const current = encodeMessage({ kind: 'current', cursor: 'v1-2' });
const ofSession = (sessionId: string): Principal => ({
  subject: randomUUID(),
  sessionId,
  tokenId: randomUUID(),
  clientId: 'latchkey',
  isClient: false,
  roles: [],
  scopes: [],
  issuedAt: Date.now(),
  expiresAt: Date.now() + 600_000,
  claims: {},
});

describe('A resource server whose issuer is newer', () => {
  let issuer: ScriptedIssuer;
  let feed: FeedRevocations | undefined;
  let passed = 0;
  const cursors: unknown[] = [];
  let problems: unknown[] = [];

  beforeEach(async () => {
    passed = 0;
    cursors.length = 0;
    issuer = await ScriptedIssuer.start();
    problems = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((text: unknown) => void problems.push(text));
  });

  afterEach(async () => {
    feed?.onApplicationShutdown();
    await issuer.close();
    jest.restoreAllMocks();
  });

  /** Tells the feed, which stays open. */
  function tell(text: string): void {
    issuer.answers.set(FEED, (request, response) => {
      cursors.push(request.headers['last-event-id']);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(text);
    });
  }

  async function listening(whenUnknown: 'fail-closed' | 'fail-open', readings = 3): Promise<FeedRevocations> {
    const clock = new SystemClock();
    const monotonic = clock.monotonic.bind(clock);
    clock.monotonic = () => monotonic() + passed;
    const config = new ResourceServerConfig({
      issuer: issuer.url,
      audience: issuer.url,
      revocations: { token: 'x'.repeat(32), whenUnknown },
    });
    feed = new FeedRevocations(config, clock);
    void feed.onModuleInit();
    await eventually(() => expect(cursors.length).toBeGreaterThanOrEqual(readings));
    return feed;
  }

  it.each([
    ['a kind of revocation', 'event: revoked\ndata: device||99999999999999|x\n\n'],
    ['a kind of event', 'event: removed\ndata: x\n\n'],
    ['data of no kind', 'data: x\n\n'],
  ])(
    'fails closed where it does not know %s, says so once and asks again from before it',
    async (_, unknown) => {
      tell(unknown + known + current);
      const revocations = await listening('fail-closed');

      expect(() => revocations.isRevoked(ofSession(ALIVE))).toThrow(RevocationsUnknownError);
      expect(new Set(cursors)).toEqual(new Set([undefined]));
      expect(problems).toEqual([
        expect.stringMatching(/^The revocation feed cannot be read, .* does not know: update this service$/),
      ]);
    },
  );

  it('trusts what it heard before for maxStaleness, and no longer', async () => {
    tell(current);
    const revocations = await listening('fail-closed', 1);
    await eventually(() => expect(revocations.isRevoked(ofSession(ALIVE))).toBe(false));
    tell(`event: removed\ndata: x\n\n${current}`);
    issuer.endConnections();
    await eventually(() => expect(cursors.length).toBeGreaterThan(3));
    passed += 10_001;

    expect(() => revocations.isRevoked(ofSession(ALIVE))).toThrow(RevocationsUnknownError);
    expect(new Set(cursors.slice(1))).toEqual(new Set(['v1-2']));
  });

  it('takes what it knows all the same, for those that fail open', async () => {
    tell(`event: revoked\ndata: device||99999999999999|x\n\n${known}${current}`);
    const revocations = await listening('fail-open');

    expect([ENDED, ALIVE].map((id) => revocations.isRevoked(ofSession(id)))).toEqual([true, false]);
  });

  it('goes on once nothing unknown is told any more; comments are nothing', async () => {
    tell(`event: removed\ndata: x\n\n${current}`);
    const revocations = await listening('fail-closed');
    tell(`: a comment\n\n${known}${current}`);

    await eventually(() => expect(revocations.isRevoked(ofSession(ALIVE))).toBe(false));
    expect(revocations.isRevoked(ofSession(ENDED))).toBe(true);
  });
});
