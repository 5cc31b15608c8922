import { createHash, randomBytes } from 'node:crypto';
import { Controller, type INestApplication, Module, type MessageEvent, Sse } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NEVER, type Observable, of, concat, finalize } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock, Public } from '../../../src/resource-server/index.js';
import { OffsetClock } from '../../support/offset-clock.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';
import { comesPromptly } from '../support/promptly.js';
import { startTransportService } from './transport-service.js';

const FEED_TOKEN = randomBytes(32).toString('hex');
const HASH = createHash('sha256').update(FEED_TOKEN).digest('hex');

let open = 0;

/** Says one thing, and goes on for ever. */
function endless(): Observable<MessageEvent> {
  open += 1;
  return concat(of({ data: 'begun' }), NEVER).pipe(finalize(() => (open -= 1)));
}

@Controller('events')
class EventsController {
  @Sse('mine')
  mine(): Observable<MessageEvent> {
    return endless();
  }

  @Sse('deferred')
  deferred(): Promise<Observable<MessageEvent>> {
    return Promise.resolve(endless());
  }

  @Public()
  @Sse('news')
  news(): Observable<MessageEvent> {
    return endless();
  }
}

@Module({ controllers: [EventsController] })
class EventsModule {}

interface Opened {
  readonly status: number;
  /** What came first. */
  readonly first: string;
  /** What came after it, once nothing more can come. */
  readonly ended: Promise<string>;
  leave(): void;
}

async function openStream(url: string, token: string): Promise<Opened> {
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const { status, body } = await fetch(url, { headers, signal: abort.signal });
  if (!body) throw new Error('There is no body.');
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<string> => (await reader.read()).value ?? '';
  const rest = async (): Promise<string> => {
    const text = await next();
    return text === '' ? '' : text + (await rest());
  };
  return { status, first: await next(), ended: rest(), leave: () => abort.abort() };
}

describe('A stream of server-sent events', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { REVOCATION_FEED_SERVICES: `events=${HASH}` },
      imports: [EventsModule],
    });
  });
  afterAll(() => server?.close());

  describe.each([
    ['Fastify', () => new FastifyAdapter()],
    ['Express', () => new ExpressAdapter()],
  ])('of another service on %s', (_name, adapter) => {
    let service: INestApplication;
    let url: string;

    beforeAll(async () => {
      const options = { adapter: adapter(), transports: [], imports: [EventsModule], feedToken: FEED_TOKEN };
      service = await startTransportService(server, options);
      url = await service.getUrl();
    });
    afterAll(() => service?.close());

    endsWithItsToken(
      () => url,
      () => OffsetClock.replace(service.get(Clock)),
    );
  });

  // Last: the others take what the server issues, by its clock.
  describe('of the server', () => {
    endsWithItsToken(
      () => server.url,
      () => server.clock,
    );
  });

  function endsWithItsToken(url: () => string, clock: () => OffsetClock): void {
    const freshToken = async () => (await server.api.register()).body.accessToken;

    it('is refused without a token', async () => {
      const answer = await fetch(`${url()}/events/mine`);
      expect(answer.status).toBe(401);
      await answer.text();
    });

    it.each(['mine', 'deferred'])(
      'is ended promptly after its token is revoked, and no other is (%s)',
      async (route) => {
        const [token, others] = [await freshToken(), await freshToken()];
        const stream = await openStream(`${url()}/events/${route}`, token);
        const other = await openStream(`${url()}/events/${route}`, others);
        const news = await openStream(`${url()}/events/news`, token);
        expect(stream).toMatchObject({ status: 200, first: expect.stringContaining('begun') });
        await server.api.post('/api/auth/logout', undefined, { token });
        expect(await comesPromptly(stream.ended)).not.toContain('error');
        for (const each of [other, news]) {
          each.leave();
          await expect(each.ended).rejects.toThrow(/abort/);
        }
        // Nothing goes on behind a stream.
        await eventually(() => expect(open).toBe(0));
      },
    );

    // Last: the time goes on for this application.
    it('is ended when its token expires', async () => {
      const { ended } = await openStream(`${url()}/events/mine`, await freshToken());
      clock().advance(15 * 60_000);
      await comesPromptly(ended);
    });
  }
});
