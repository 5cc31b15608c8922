import type { HttpRequest } from '../../common/client-info.js';
import type { DpopCall } from './dpop-call.js';

/**
 * What a gateway was asked, of which it asks here: by `X-Forwarded-Method` (or `X-Original-Method`), `-Uri`, `-Host` and `-Proto`. Whoever
 * asks here without a gateway may say anything: nothing is reached by the answer.
 * @param call of the gateway's own request
 */
export function forwardedCall(call: DpopCall, { headers }: HttpRequest): DpopCall {
  const told = (...names: string[]) =>
    names.map((name) => headers[name]).find((value) => value !== undefined);
  const method = told('x-forwarded-method', 'x-original-method');
  const path = told('x-forwarded-uri', 'x-original-uri');
  const [host, scheme] = [told('x-forwarded-host'), told('x-forwarded-proto')];
  // What is not told is nothing that a proof could be for.
  if (typeof method !== 'string' || typeof path !== 'string' || !path.startsWith('/'))
    return { ...call, method: '', url: '' };
  if (host === undefined) return { ...call, method, url: path };
  return { ...call, method, url: `${String(scheme ?? 'https')}://${String(host)}${path}` };
}
