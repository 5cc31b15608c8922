import { Injectable } from '@nestjs/common';
import type { TokenEndpointGrantContext } from 'oidc-provider';
import { flowOf } from '../provider/flow-memory.js';
import { invalidScope, type ProtocolErrors } from '../provider/grant-errors.js';
import { type ProviderExtension, ProviderExtensions } from '../provider/provider-extensions.js';
import { dpopThumbprint } from '../provider/dpop-thumbprint.js';
import { ExchangeRefusedError } from './exchange-refused.error.js';
import { TokenExchange } from './token-exchange.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** May be there more than once (RFC 8693 section 2.1). */
const REPEATED = ['resource', 'audience'];

/** Of the request (RFC 8693 section 2.1). */
interface ExchangeParameters {
  readonly subject_token?: string;
  readonly subject_token_type?: string;
  readonly actor_token?: string;
  readonly actor_token_type?: string;
  readonly requested_token_type?: string;
  readonly scope?: string;
  readonly resource?: string | string[];
  readonly audience?: string | string[];
}

/** The grant of token exchange: access tokens for access tokens, both of this server. */
@Injectable()
export class ExchangeGrant {
  constructor(extensions: ProviderExtensions, exchanges: TokenExchange) {
    extensions.declare(exchangeGrant(exchanges));
  }
}

function exchangeGrant(exchanges: TokenExchange): ProviderExtension {
  return (provider, errors, proofs) => {
    const handler = async (context: TokenEndpointGrantContext<ExchangeParameters>) => {
      const { params } = context.oidc;
      const subjectToken = checked(params, errors);
      const jkt = await dpopThumbprint(proofs, provider, context);
      const wanted = {
        subjectToken,
        actorToken: params.actor_token,
        scopes: params.scope?.split(' '),
        targets: [params.resource ?? [], params.audience ?? []].flat(),
        jkt,
      };
      const token = await exchanges
        .exchange(context.oidc.client.clientId, wanted, flowOf(context).client)
        .catch((error: unknown) => refuse(errors, error));
      context.body = {
        access_token: token.accessToken,
        issued_token_type: ACCESS_TOKEN,
        token_type: jkt === undefined ? 'Bearer' : 'DPoP',
        expires_in: token.expiresIn,
        scope: token.scopes.join(' '),
      };
    };
    const names = ['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'];
    const parameters = [...names, 'requested_token_type', 'scope', ...REPEATED];
    provider.registerGrantType(EXCHANGE, handler, parameters, REPEATED);
  };
}

/** @returns the subject token */
function checked(params: ExchangeParameters, errors: ProtocolErrors): string {
  const { subject_token, subject_token_type, actor_token, actor_token_type, requested_token_type } = params;
  if (!subject_token) throw new errors.InvalidRequest("missing required parameter 'subject_token'");
  if (subject_token_type !== ACCESS_TOKEN)
    throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN}`);
  if ((actor_token === undefined ? undefined : ACCESS_TOKEN) !== actor_token_type)
    throw new errors.InvalidRequest(
      `actor_token_type must be ${ACCESS_TOKEN}, and there with actor_token alone`,
    );
  if ((requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN}`);
  return subject_token;
}

function refuse(errors: ProtocolErrors, error: unknown): never {
  if (!(error instanceof ExchangeRefusedError)) throw error;
  const { refusal, message } = error;
  if (refusal === 'invalid_scope') throw invalidScope(errors, message);
  throw refusal === 'invalid_target' ? new errors.InvalidTarget(message) : new errors.InvalidRequest(message);
}
