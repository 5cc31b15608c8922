import type { HttpRequest } from './client-info.js';

/** Of requests that are answered before a router sees them. */
const templates = new WeakMap<object, string>();

/** Says which route a request is for that no router sees. @param template as a router would have it: nothing that callers choose */
export function nameRoute(request: object, template: string): void {
  templates.set(request, template);
}

/** @returns undefined if it was not named */
export function namedRouteOf(request: object): string | undefined {
  return templates.get(request);
}

/** The path as the route has it: what clients put into an address may be a secret, and belongs in no log. */
export function routeOf(request: Pick<HttpRequest, 'routeOptions' | 'route'>): string {
  return namedRouteOf(request) ?? request.routeOptions?.url ?? request.route?.path ?? '(no route)';
}
