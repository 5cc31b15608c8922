import type { HttpRequest } from '../common/client-info.js';

/** Whether another site led the browser here: it has sent none of the cookies that forms and resumed sessions need (`SameSite=Strict`). */
export function isLedFromElsewhere({ headers }: HttpRequest): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}
