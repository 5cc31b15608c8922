import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { status } from '@grpc/grpc-js';
import { grpc } from '../../../src/grpc/index.js';
import { describeWithPython, python } from '../../support/services/available.js';
import { oauthToken } from '../../support/oauth-tokens.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { PATIENT } from './patient.js';
import { endOf, OrdersClient } from './orders-client.js';
import { openUnread } from './unread-call.js';
import { allRead, heard, OrdersModule } from './orders-service.js';

describe('Calls of gRPC', () => {
  let server: TestApp;
  let client: OrdersClient;
  let address: string;
  let token: string;
  let subject: string;

  beforeAll(async () => {
    server = await startTestApp({ environment: PATIENT, transports: [grpc()], imports: [OrdersModule] });
    address = `unix:${join(server.dataDir, 'orders.sock')}`;
    server.app.connectMicroservice<MicroserviceOptions>(
      {
        transport: Transport.GRPC,
        options: { package: 'orders', protoPath: 'test/e2e/transports/orders.proto', url: address },
      },
      { inheritAppConfig: true },
    );
    await server.app.startAllMicroservices();
    client = new OrdersClient(address);
    const { user, accessToken } = (await server.api.register()).body;
    [token, subject] = [accessToken, user.id];
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  /** Of a session of its own, whose end others do not feel. */
  const freshToken = async () => (await server.api.register()).body.accessToken;
  const logOut = (of: string) => server.api.post('/api/auth/logout', undefined, { token: of });

  it('are let in by a token in the metadata, and the handler knows the caller', async () => {
    expect(await client.call('Mine', { text: 'orders', token })).toEqual({
      status: 0,
      text: `orders of ${subject}`,
    });
  });

  it('are let in without one where the handler is public', async () => {
    expect(await client.call('Terms')).toEqual({ status: 0, text: 'Thirty days.' });
  });

  it.each([
    ['no token', undefined, 'TOKEN_MISSING'],
    ['what is no token', 'rubbish', 'TOKEN_INVALID'],
  ])('are UNAUTHENTICATED with %s', async (_what, sent, code) => {
    const { error, ...outcome } = await client.call('Mine', { ...(sent !== undefined && { token: sent }) });
    expect(outcome).toEqual({ status: status.UNAUTHENTICATED, code });
    expect(error?.details).toMatch(/access token/);
    expect(String(error?.metadata.get('grpc-status-details-bin')[0])).toMatch(
      /google\.rpc\.ErrorInfo.*TOKEN_.*latchkey/s,
    );
  });

  it.each([
    ['All', 'INSUFFICIENT_ROLE'],
    ['Refund', 'INSUFFICIENT_SCOPE'],
  ])('are PERMISSION_DENIED where a role or scope is missing (%s)', async (method, code) => {
    expect(await client.call(method, { token })).toMatchObject({ status: status.PERMISSION_DENIED, code });
  });

  it('are PERMISSION_DENIED where an OAuth client comes by itself', async () => {
    const own = await oauthToken(server.app, 'billing', 'billing', 'orders:refund');
    for (const method of ['Mine', 'Refund', 'All'])
      expect(await client.call(method, { token: own })).toMatchObject({
        status: status.PERMISSION_DENIED,
        code: 'USER_REQUIRED',
      });
  });

  it('are UNAUTHENTICATED once their session has ended', async () => {
    const own = await freshToken();
    await logOut(own);
    expect(await client.call('Mine', { token: own })).toMatchObject({
      status: status.UNAUTHENTICATED,
      code: 'TOKEN_REVOKED',
    });
  });

  it('tell of errors of handlers what HTTP tells, and no more', async () => {
    expect(await client.call('Fails', { text: 'missing', token })).toMatchObject({
      status: status.NOT_FOUND,
      code: 'NOT_FOUND',
    });
    const { error, ...outcome } = await client.call('Fails', { text: 'other', token });
    expect(outcome).toEqual({ status: status.INTERNAL, code: 'INTERNAL' });
    expect(String(error)).not.toContain('secret');
  });

  it('may stream both ways', async () => {
    expect(await client.collect(['a', 'b', 'c'], token)).toEqual({ status: 0, text: '3' });
    const chat = client.talk('Chat', token);
    chat.write('hello');
    expect(await once(chat, 'data')).toEqual(['HELLO']);
    chat.end();
    expect(await endOf(chat)).toEqual({ status: 0 });
  });

  it('stream what is public to anyone, and look at no token that comes with it', async () => {
    const leaving = await freshToken();
    const streams = [undefined, 'rubbish', leaving].map((sent) => client.watch(sent, 'News'));
    const first = await Promise.all(streams.map((stream) => once(stream, 'data')));
    expect(first).toEqual(streams.map(() => ['for anyone']));
    const guarded = await client.open('Watch', leaving);
    await logOut(leaving);
    expect(await endOf(guarded)).toMatchObject({ status: status.UNAUTHENTICATED });
    // By then the look at open calls has passed, and has left these alone.
    for (const stream of streams) {
      stream.cancel();
      expect(await endOf(stream)).toMatchObject({ status: status.CANCELLED });
    }
  });

  it.each(['Collect', 'Watch', 'Chat', 'Pass'] as const)(
    'may not stream without a token (%s)',
    async (method) => {
      const outcome =
        method === 'Collect'
          ? client.collect(['a'])
          : endOf(method === 'Watch' ? client.watch() : client.talk(method));
      expect(await outcome).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_MISSING' });
    },
  );

  it.each(['Watch', 'Chat', 'Pass'] as const)(
    'that stream are ended when their token is revoked (%s)',
    async (method) => {
      const own = await freshToken();
      const end = endOf(await client.open(method, own));
      await logOut(own);
      expect(await end).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_REVOKED' });
    },
  );

  it('that stream are ended when their token is revoked after the client has sent all (Feed)', async () => {
    const own = await freshToken();
    const end = endOf(await client.openHalfClosed(own));
    await logOut(own);
    expect(await end).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_REVOKED' });
  });

  it('that are answered once are ended when their token is revoked after the client has sent all (Tally)', async () => {
    const own = await freshToken();
    const read = once(allRead, 'end');
    const outcome = client.collect(['a'], own, false, 'Tally');
    await read;
    await logOut(own);
    expect(await outcome).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_REVOKED' });
  });

  it('that send a stream are ended when their token is revoked', async () => {
    const own = await freshToken();
    const outcome = client.collect(['a'], own, true);
    await logOut(own);
    expect(await outcome).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_REVOKED' });
  });

  it.each(['Pass', 'Chat'] as const)(
    'that stream are reset when their token is revoked and the client does not read (%s)',
    async (method) => {
      const own = await freshToken();
      const unread = openUnread(address, method, own);
      const first = once(heard, 'text');
      unread.send('first');
      expect(await first).toEqual(['first']);
      const over = once(heard, 'over');
      await logOut(own);
      await over;
      const later = jest.fn();
      heard.on('text', later);
      unread.send('second');
      expect(await unread.reset).toBe(constants.NGHTTP2_CANCEL);
      heard.off('text', later);
      expect(later).not.toHaveBeenCalled();
    },
  );

  describeWithPython('of Python', () => {
    it('are let in, refused and ended as those of Node', async () => {
      const call = async (method: string, own = '') => {
        const run = promisify(execFile)(python?.path ?? '', [
          'test/e2e/transports/grpc-client.py',
          address,
          method,
          own,
        ]);
        return JSON.parse((await run).stdout) as unknown;
      };
      const own = await freshToken();
      const watching = spawn(python?.path ?? '', [
        'test/e2e/transports/grpc-client.py',
        address,
        'Watch',
        own,
      ]);
      const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
      const [mine, missing, denied, chat] = await Promise.all([
        call('Mine', token),
        call('Mine'),
        call('All', token),
        call('Chat', token),
      ]);
      expect(mine).toEqual({ answer: `python of ${subject}` });
      expect(missing).toMatchObject({ status: 'UNAUTHENTICATED', code: 'TOKEN_MISSING', info: true });
      expect(denied).toMatchObject({ status: 'PERMISSION_DENIED', code: 'INSUFFICIENT_ROLE', info: true });
      expect(chat).toEqual({ answer: ['A', 'B'] });
      expect(JSON.parse(String((await lines.next()).value))).toEqual({ began: 'begun' });
      await logOut(own);
      expect(JSON.parse(String((await lines.next()).value))).toMatchObject({
        status: 'UNAUTHENTICATED',
        code: 'TOKEN_REVOKED',
      });
    });
  });

  // Last: the time goes on for all of them.
  it('that stream are ended when their token expires', async () => {
    const streams = [await client.open('Watch', token), await client.openHalfClosed(token)];
    const ends = streams.map(endOf);
    server.clock.advance(15 * 60_000);
    for (const end of ends) {
      expect(await end).toMatchObject({ status: status.UNAUTHENTICATED, code: 'TOKEN_EXPIRED' });
    }
  });
});
