import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { kindOf, RecordedSpans, told } from '../../support/recorded-spans.js';
import { describeWithRedis, redis } from '../../support/services/available.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';

describeWithRedis('What a server does beside statements is traced', () => {
  let spans: RecordedSpans;
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    spans = new RecordedSpans();
    server = await startTestApp({ environment: { SESSION_STORE: 'redis', REDIS_URL: redis?.url ?? '' } });
  });
  beforeEach(async () => {
    const sent = spans.named('mail send').length;
    user = (await server.api.register()).body;
    await eventually(() => {
      if (spans.named('mail send').length === sent) throw new Error('its mail is not sent yet');
    });
  });
  afterAll(async () => {
    await server.close();
    await spans.end();
  });

  it('the signing keys are loaded in a span, with their statements', () => {
    const [load] = spans.named('signing keys load');
    expect(load && spans.childrenOf(load).map(({ name }) => name)).toContain('SELECT signing_keys');
  });

  it('each command of Redis, without keys and values', async () => {
    const refresh = async (refreshToken: string) =>
      (await server.api.post<SignedIn>('/api/auth/refresh', { refreshToken })).body.refreshToken;
    // Redis is told the script the first time.
    const first = await refresh(user.refreshToken);
    await eventually(() => expect(spans.named('POST /api/auth/refresh')).toHaveLength(1));
    spans.forget();
    const refreshToken = await refresh(first);
    const [request] = await eventually(() => {
      const found = spans.named('POST /api/auth/refresh');
      expect(found).toHaveLength(1);
      return found;
    });
    const within = request ? spans.childrenOf(request) : [];
    const commands = within.filter(({ attributes }) => attributes['db.system.name'] === 'redis');
    expect(commands.map((span) => [span.name, kindOf(span)])).toEqual([['EVALSHA', 'CLIENT']]);
    expect(commands[0]?.attributes).toEqual({ 'db.system.name': 'redis', 'db.operation.name': 'EVALSHA' });
    const all = spans.all.map(told).join('\n');
    for (const secret of [first, refreshToken, user.user.id]) expect(all).not.toContain(secret);
  });

  it('each mail, of no request, with neither its address nor what is in it', async () => {
    spans.forget();
    const email = uniqueEmail();
    await server.api.register({ email });
    const [mail] = await eventually(() => {
      expect(spans.named('mail send')).toHaveLength(1);
      return spans.named('mail send');
    });
    expect([mail && kindOf(mail), mail?.parentSpanContext]).toEqual(['CLIENT', undefined]);
    expect(mail?.attributes).toEqual({
      'latchkey.mail.template': 'email-verification',
      'latchkey.mail.attempt': 1,
    });
    const all = spans.all.map(told).join('\n');
    for (const secret of [email, 'lk_ot_']) expect(all).not.toContain(secret);
  });
});
