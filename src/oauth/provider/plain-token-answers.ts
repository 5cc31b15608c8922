import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { OAuthClients } from '../clients/oauth-clients.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { ClientTokens } from '../grants/client-tokens.js';
import { ClientAdmission } from './client-admission.js';
import type { FlowMemory } from './flow-memory.js';
import { type PlainTokenRequest, plainTokenRequestOf } from './plain-token-request.js';

/** Those of the protocol library where a page of no other origin asks. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  vary: 'Origin',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'DPoP-Nonce,WWW-Authenticate',
};

/**
 * Answers the plain request of a machine for its token without the protocol library, in half the time
 * (docs/adr/0034-plain-token-requests.md). Whatever is not plain, or is to be refused, is the library's.
 */
@Injectable()
export class PlainTokenAnswers {
  constructor(
    private readonly clients: OAuthClients,
    private readonly admission: ClientAdmission,
    private readonly tokens: ClientTokens,
  ) {}

  /** @returns whether it has answered; if not, the request is as it was, and what was found of its secret is in `flow` */
  async answer(request: IncomingMessage, response: ServerResponse, flow: FlowMemory): Promise<boolean> {
    const asked = plainTokenRequestOf(request);
    const client = asked && (await this.clients.find(asked.clientId));
    if (!client || !mayHave(client, asked)) return false;
    const { clientId, secret, scopes } = asked;
    const verdict = await this.admission.bySecret(clientId, secret, flow.client);
    flow.presented = { clientId, secret, verdict };
    if (verdict !== 'right') return false;
    const { accessToken, expiresIn } = await this.tokens.issue(client, scopes, null);
    const body = JSON.stringify({
      access_token: accessToken,
      expires_in: expiresIn,
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
      token_type: 'Bearer',
    });
    response.writeHead(200, { ...HEADERS, 'content-length': Buffer.byteLength(body) }).end(body);
    return true;
  }
}

function mayHave(client: OAuthClient, { scopes }: PlainTokenRequest): boolean {
  return (
    !client.disabled &&
    client.authMethod === 'client_secret_basic' &&
    client.grants.includes('client_credentials') &&
    !client.dpopBound &&
    scopes.every((scope) => client.scopes.includes(scope))
  );
}
