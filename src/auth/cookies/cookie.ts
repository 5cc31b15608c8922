import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { HttpRequest } from '../../common/client-info.js';
import type { HttpConfig } from '../../config/config.js';

type Attributes = Omit<SetCookie, 'name' | 'value' | 'maxAge'>;

/** A cookie by its name, however many of that name there are: how it is found in a request, and written. */
export class Cookie {
  constructor(
    readonly name: string,
    private readonly attributes: Attributes,
  ) {}

  /** In the order in which they are sent. */
  valuesIn({ headers: { cookie } }: HttpRequest): string[] {
    if (typeof cookie !== 'string') return [];
    return cookie
      .split(';')
      .filter((pair) => pair.includes(this.name))
      .flatMap((pair) => parseCookie(pair, { decode: (text) => text })[this.name] ?? []);
  }

  /** @param maxAge seconds a browser is to keep it @returns for `Set-Cookie` */
  line(value: string, maxAge: number): string {
    return stringifySetCookie({ ...this.attributes, name: this.name, value, maxAge });
  }
}

/** Where browsers find a route of ours: a proxy may serve the API below the path of `PUBLIC_URL`. */
export function cookiePathOf({ publicUrl }: HttpConfig, route: string): string {
  return new URL(publicUrl).pathname.replace(/\/$/, '') + route;
}
