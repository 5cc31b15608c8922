import { Injectable, Logger } from '@nestjs/common';
import type { KoaContextWithOIDC, Provider, errors } from 'oidc-provider';
import { Measurements } from '../../common/measurements.js';
import type { ClientInfo } from '../../common/client-info.js';
import { flowOf } from './flow-memory.js';
import { routeOf } from './oauth-paths.js';

/** Of the library: a refusal by each of its endpoints. */
const EVENTS = [
  'authorization.error',
  'grant.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'userinfo.error',
  'introspection.error',
  'revocation.error',
  'registration_create.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
] as const;
/** Steps of a flow that goes on: a device that polls, a client that learns its nonce. */
const STEPS: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce']);
const REASON_MAX_LENGTH = 200;

/** A request that was refused. */
export interface Refusal {
  readonly method: string;
  /** Path and query, as the application has it. */
  readonly url: string;
  /** The code that the client is told, e.g. `invalid_grant` (RFC 6749 section 5.2). */
  readonly error: string;
  /** What the client is not told, e.g. that its code has expired. No secret, token or code. */
  readonly reason: string;
  /** Where it is known; undefined: none has been found. */
  readonly clientId?: string | undefined;
  readonly grantType?: string | undefined;
  readonly client: ClientInfo;
}

/** Tells operators why requests are refused: a line in the log for each, and a count by error. */
@Injectable()
export class Refusals {
  private readonly logger = new Logger('OAuth');

  constructor(private readonly measurements: Measurements) {}

  /** Has the library tell of what it refuses. */
  listenTo(provider: Provider): void {
    const keep = (context: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
      flowOf(context).refusal = error;
    };
    for (const event of EVENTS) provider.on(event as 'grant.error', keep);
    // Once: an authorization request can be refused twice, and the last is what is answered.
    provider.use(async (context, next) => {
      await next();
      const { refusal } = flowOf(context);
      if (refusal) this.tell(refusalOf(context as KoaContextWithOIDC, refusal));
    });
  }

  tell({ method, url, error, reason, clientId, grantType, client }: Refusal): void {
    this.count(url, error);
    const path = routeOf(url);
    const { requestId } = client;
    this.logger[STEPS.has(error) ? 'debug' : 'log']({
      message: `${method} ${path} refused: ${error}, ${reason}`,
      requestId,
      method,
      path,
      error,
      reason,
      clientId,
      grantType,
    });
  }

  /** Also of what is no refusal: `server_error`. @param url path and query */
  count(url: string, error: string): void {
    this.measurements.oauthRefused(routeOf(url), error);
  }
}

function refusalOf(context: KoaContextWithOIDC, error: errors.OIDCProviderError): Refusal {
  const { client: found, params } = context.oidc;
  const { disabledClient } = flowOf(context);
  const grantType = params?.['grant_type'];
  return {
    method: context.method,
    url: context.url,
    error: error.error,
    reason: disabledClient === undefined || found ? reasonOf(error) : 'client is disabled',
    clientId: found?.clientId ?? disabledClient,
    // Of what is none of the client's it may be anything.
    ...(typeof grantType === 'string' && found?.grantTypeAllowed(grantType) && { grantType }),
    client: flowOf(context).client,
  };
}

/** A parser quotes what was sent to it, which may be a secret. */
function reasonOf({ error, error_description, error_detail, cause }: errors.OIDCProviderError): string {
  const detail = cause instanceof SyntaxError ? undefined : error_detail;
  return (detail ?? error_description ?? error).slice(0, REASON_MAX_LENGTH);
}
