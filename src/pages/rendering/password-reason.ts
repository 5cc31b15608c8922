import { BREACHED } from '../../auth/passwords/breached-passwords-policy.js';
import { TOO_COMMON } from '../../auth/passwords/common-passwords-policy.js';
import { TOO_CLOSE } from '../../auth/passwords/context-words-policy.js';
import { TOO_SHORT } from '../../auth/passwords/length-policy.js';
import type { Say } from './page-view.js';

const KNOWN: ReadonlyMap<string, string> = new Map([
  [TOO_COMMON, 'password.common'],
  [TOO_CLOSE, 'password.personal'],
  [BREACHED, 'password.breached'],
]);

/** Which rule refused a password. @param reason of the policy, to follow "The password …"; a team's own is its words */
export function passwordReason(t: Say, reason: string): string {
  const minimum = TOO_SHORT.exec(reason)?.[1];
  if (minimum !== undefined) return t('password.short', { minimum });
  const key = KNOWN.get(reason);
  return key === undefined ? t('password.refused', { reason }) : t(key);
}
