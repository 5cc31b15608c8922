import { scopesOf, scopeText } from './scope-list.js';
import {
  type GrantFields,
  type NewSession,
  NO_GRANT,
  type Session,
  type SessionEndReason,
} from './session.js';

/**
 * An empty value is null: none of a session's texts is ever empty but those of the client, which say nothing then, and the
 * scopes of a grant, which are none then.
 */
export function toFields({ scopes, methods, ...session }: NewSession): (string | number)[] {
  const fields = { ...session, scopes: scopeText(scopes ?? []), methods: scopeText(methods ?? []) };
  return Object.entries(fields).flatMap(([name, value]: [string, string | number | Date | null]) => [
    name,
    value instanceof Date ? value.getTime() : (value ?? ''),
  ]);
}

export function toSession(fields: Record<string, string>): Session | undefined {
  const { id, subject, secretHash } = fields;
  if (id === undefined || subject === undefined || secretHash === undefined) return undefined;
  return {
    id,
    subject,
    generation: Number(fields['generation']),
    secretHash,
    graceUntil: toDate(fields['graceUntil']),
    createdAt: new Date(Number(fields['createdAt'])),
    reauthenticatedAt: toDate(fields['reauthenticatedAt']),
    methods: fields['methods'] ? scopesOf(fields['methods']) : null,
    lastUsedAt: new Date(Number(fields['lastUsedAt'])),
    idleExpiresAt: new Date(Number(fields['idleExpiresAt'])),
    expiresAt: new Date(Number(fields['expiresAt'])),
    endedAt: toDate(fields['endedAt']),
    endReason: (fields['endReason'] || null) as SessionEndReason | null,
    ip: fields['ip'] || null,
    userAgent: fields['userAgent'] || null,
    era: fields['era'] ? Number(fields['era']) : null,
    ...grantOf(fields),
  };
}

function grantOf({ clientId, scopes = '', ...fields }: Record<string, string>): GrantFields {
  if (!clientId) return NO_GRANT;
  const [parentId, jkt, audience] = [fields['parentId'], fields['jkt'], fields['audience']].map(
    (text) => text || null,
  );
  return {
    clientId,
    scopes: scopesOf(scopes),
    parentId: parentId ?? null,
    jkt: jkt ?? null,
    audience: audience ?? null,
  };
}

function toDate(text: string | undefined): Date | null {
  return text ? new Date(Number(text)) : null;
}

export function fromPairs(pairs: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < pairs.length; index += 2)
    fields[pairs[index] ?? ''] = pairs[index + 1] ?? '';
  return fields;
}

/** The most recently used first. */
export function byLastUse(a: Session, b: Session): number {
  return b.lastUsedAt.getTime() - a.lastUsedAt.getTime() || (a.id < b.id ? 1 : -1);
}
