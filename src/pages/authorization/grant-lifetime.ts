import { durationInWords } from '../../common/duration-in-words.js';
import type { Say } from '../rendering/page-view.js';

/** How long a client goes on with what is allowed it. @param given `isOffline`: also after the sign-out; `maxAge` of sessions in milliseconds */
export function grantLifetime(
  t: Say,
  { locale, isOffline, maxAge }: { locale: string; isOffline: boolean; maxAge: number },
): string {
  const duration = durationInWords(maxAge, locale);
  return t(isOffline ? 'authorize.lasts.offline' : 'authorize.lasts', { duration });
}
