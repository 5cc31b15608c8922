import type { HttpRequest } from './client-info.js';

/** The path as the route has it: what clients put into an address may be a secret, and belongs in no log. */
export function routeOf({ routeOptions, route }: Pick<HttpRequest, 'routeOptions' | 'route'>): string {
  return routeOptions?.url ?? route?.path ?? '(no route)';
}
