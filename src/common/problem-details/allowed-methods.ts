import { Injectable } from '../nest.js';

/** Which methods an address answers, so that a wrong one is told 405 and not 404 (RFC 9110 section 15.5.6). */
@Injectable()
export class AllowedMethods {
  private readonly routes: { method: string; pattern: RegExp }[] = [];

  /** @param path a route's path as the router has it, e.g. `/api/auth/sessions/:id` */
  add(method: string, path: string): void {
    if (path.includes('*')) return;
    const source = path
      .split('/')
      .map((segment) =>
        segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`),
      )
      .join('/');
    this.routes.push({ method, pattern: new RegExp(`^${source}$`) });
  }

  /** @returns the methods of the address, in alphabetical order; empty if no route has it */
  of(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.routes.filter((route) => route.pattern.test(path)).map((route) => route.method);
    return [...new Set(methods)].toSorted();
  }
}
