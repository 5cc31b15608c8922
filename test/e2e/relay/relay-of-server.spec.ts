import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AcceptsCredentials,
  type CredentialRequest,
  CredentialStrategy,
  IdentityRelay,
  LatchkeyModule,
  type RequestDecision,
} from '../../../src/index.js';
import { ApiClient } from '../../support/api-client.js';
import { CookieClient } from '../../support/cookie-client.js';
import { type ExtendedApp, type Platform, startExtendedApp } from '../access/extended-app.js';
import { Recorder } from './recorder.js';

const ORIGIN = 'https://auth.example.com';
const REQUEST_ID = 'request-1';

class PartnerKeys extends CredentialStrategy {
  readonly name = 'partner-key';

  override identify({ request }: CredentialRequest): Promise<RequestDecision> {
    const known = request.headers['x-partner-key'] === 'partner';
    return Promise.resolve(
      known ? { outcome: 'accept', caller: { subject: 'partner' } } : { outcome: 'not-mine' },
    );
  }
}

let billing: Recorder;

@Controller('shop')
@AcceptsCredentials()
class ShopController {
  constructor(private readonly relay: IdentityRelay) {}

  @Get()
  async pay(): Promise<object> {
    try {
      return { status: (await this.relay.fetch(billing.url)).status };
    } catch (error) {
      return { refused: (error as { readonly code?: string }).code };
    }
  }
}

describe.each<Platform>(['Fastify', 'Express'])('A route beside those of the server, on %s,', (platform) => {
  let server: ExtendedApp;
  let api: ApiClient;

  beforeAll(async () => {
    billing = await Recorder.start();
    server = await startExtendedApp(platform, {
      controllers: [ShopController],
      environment: { PUBLIC_URL: ORIGIN, TRUST_PROXY: '127.0.0.1' },
      latchkey: (config) =>
        LatchkeyModule.forRoot({
          config,
          initialAdmin: false,
          relay: { service: 'shop', to: [billing.url] },
          providers: [{ provide: CredentialStrategy, useClass: PartnerKeys }],
        }),
    });
    api = new ApiClient(server.url);
  });

  afterAll(async () => {
    await server?.close();
    await billing?.close();
  });

  const relayed = () => billing.received.at(-1)?.authorization?.slice('Bearer '.length);

  it('sends the token of the call to the next service', async () => {
    const { accessToken } = (await api.register()).body;
    const headers = { 'x-request-id': REQUEST_ID };
    const { body } = await server.call('GET', '/shop', { token: accessToken, headers });
    expect(body).toEqual({ status: 200 });
    expect(relayed()).toBe(accessToken);
    expect(billing.received.at(-1)).toMatchObject({
      'x-request-id': REQUEST_ID,
      'latchkey-callers': 'shop',
    });
  });

  it('sends the token of a cookie as any other, and no cookie', async () => {
    const page = new CookieClient(api, ORIGIN);
    const { user } = (await page.register()).body;
    const cookie = page.jar.headerFor('/shop') ?? '';
    expect((await server.call('GET', '/shop', { headers: { cookie } })).body).toEqual({ status: 200 });
    expect(billing.received.at(-1)?.cookie).toBeUndefined();
    expect((await api.get<object>('/api/profile', { token: relayed() ?? '' })).body).toMatchObject({
      id: user.id,
    });
  });

  it('sends nothing for a caller who is known by a credential of the server’s own', async () => {
    const before = billing.received.length;
    const headers = { 'x-partner-key': 'partner' };
    expect((await server.call('GET', '/shop', { headers })).body).toEqual({
      refused: 'RELAY_WITHOUT_TOKEN',
    });
    expect(billing.received).toHaveLength(before);
  });
});
