import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** What it was told of. */
interface ToldLogout {
  readonly claims: JWTPayload;
  readonly header: Readonly<Record<string, unknown>>;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** A client as a team would write it: it believes a logout token as OpenID Connect Back-Channel Logout 1.0 section 2.6 has it. */
export class RelyingParty {
  readonly told: ToldLogout[] = [];
  /** Why logout tokens were refused. */
  readonly refused: string[] = [];
  /** What it answers to a good one; of several the first answers once. */
  statuses: number[] = [200];
  /** How often it was asked, whatever it made of it. */
  asked = 0;
  clientId = '';
  private waiting: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private readonly issuer: string,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  static async start(issuer: string): Promise<RelyingParty> {
    const server = createServer();
    const party = new RelyingParty(
      server,
      issuer,
      createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)),
    );
    server.on('request', (request, response) => {
      void party.respond(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return party;
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/backchannel`;
  }

  /** Resolves once it was asked so often, in all. */
  async untilAsked(times: number): Promise<void> {
    while (this.asked < times) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = await this.answer(new URLSearchParams(await text(request)));
    this.asked += 1;
    response.writeHead(status, status >= 300 && status < 400 ? { Location: this.uri } : {});
    response.end('a body that is not read');
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async answer(form: URLSearchParams): Promise<number> {
    try {
      const { payload, protectedHeader } = await jwtVerify(form.get('logout_token') ?? '', this.keys, {
        issuer: this.issuer,
        audience: this.clientId,
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'exp', 'jti', 'events'],
      });
      const { events, nonce, sid, sub } = payload;
      if (typeof events !== 'object' || events === null || !(EVENT in events)) throw new Error('no event');
      if (nonce !== undefined) throw new Error('a nonce');
      if (sid === undefined && sub === undefined) throw new Error('of no one');
      if (this.told.some(({ claims }) => claims.jti === payload.jti)) throw new Error('known already');
      const [status = 200, ...later] = this.statuses;
      if (later.length > 0) this.statuses = later;
      if (status < 300) this.told.push({ claims: payload, header: { ...protectedHeader } });
      return status;
    } catch (error) {
      this.refused.push((error as Error).message);
      return 400;
    }
  }
}
