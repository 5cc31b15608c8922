import type { Principal } from '../../common/principal.js';

/** What a person allowed a device. */
export interface AllowedDevice {
  /** UUID: the session that it becomes at its next poll. */
  readonly grantId: string;
  /** Who allowed it. */
  readonly caller: Principal;
  /** When they showed the password; milliseconds. */
  readonly authenticatedAt: number | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
}

/**
 * A device code with a person's answer, as the protocol library reads it at the token endpoint.
 * @param payload of the code @param allowed undefined: it was not allowed
 */
export function answerOf(
  payload: Readonly<Record<string, unknown>>,
  allowed: AllowedDevice | undefined,
): Record<string, unknown> {
  if (!allowed) return { ...payload, error: 'access_denied', errorDescription: 'The user did not allow it.' };
  const { grantId, caller, authenticatedAt, scopes, resource } = allowed;
  const scope = scopes.join(' ');
  const { subject: accountId, sessionId } = caller;
  return {
    ...payload,
    accountId,
    amr: ['pwd'],
    ...(authenticatedAt !== undefined && { authTime: Math.floor(authenticatedAt / 1000) }),
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
  };
}
