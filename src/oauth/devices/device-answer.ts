import type { Principal } from '../../common/principal.js';
import type { Authentication } from '../../tokens/sessions/authentication.js';
import { contextFor, methodReferences } from '../provider/authentication-context.js';

/** What a person allowed a device. */
export interface AllowedDevice {
  /** UUID: the session that it becomes at its next poll. */
  readonly grantId: string;
  /** Who allowed it. */
  readonly caller: Principal;
  /** How they showed who they are. */
  readonly shown: Authentication | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  /** When the consent was given that it rests on; undefined: it needs none. */
  readonly consentedAt: Date | undefined;
  /** The `sid` of its client. */
  readonly clientSid: string;
}

const UNMET = 'The sign-in does not meet the requested acr.';

/**
 * A device code with a person's answer, as the protocol library reads it at the token endpoint.
 * @param payload of the code @param allowed undefined: it was not allowed
 */
export function answerOf(
  payload: Readonly<Record<string, unknown>>,
  allowed: AllowedDevice | undefined,
): Record<string, unknown> {
  if (!allowed) return { ...payload, error: 'access_denied', errorDescription: 'The user did not allow it.' };
  const { grantId, caller, shown, scopes, resource, consentedAt, clientSid } = allowed;
  const amr = methodReferences(shown?.methods ?? []);
  const acr = contextFor(amr, payload['params'] as object | undefined);
  if (acr === undefined)
    return { ...payload, error: 'unmet_authentication_requirements', errorDescription: UNMET };
  const scope = scopes.join(' ');
  const { subject: accountId, sessionId } = caller;
  return {
    ...payload,
    accountId,
    amr,
    acr,
    ...(shown && { authTime: Math.floor(shown.at / 1000) }),
    grantId,
    scope,
    ...(resource !== undefined && { resource }),
    grant: {
      accountId,
      clientId: payload['clientId'],
      openid: { scope },
      ...(resource !== undefined && { resources: { [resource]: scope } }),
      jti: grantId,
    },
    // It ends with the session in which it was allowed, as what a code gives does.
    parentId: sessionId,
    era: shown?.era ?? undefined,
    consentedAt: consentedAt?.getTime(),
    clientSid,
  };
}
