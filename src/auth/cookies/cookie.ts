import { parseCookie, type SetCookie, stringifySetCookie } from 'cookie';
import type { HttpRequest } from '../../common/client-info.js';

/** The path is asked for as a cookie is written: it may be known only then. */
type Attributes = Omit<SetCookie, 'name' | 'value' | 'maxAge' | 'path'> & { readonly path: () => string };

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
    return stringifySetCookie({
      ...this.attributes,
      path: this.attributes.path(),
      name: this.name,
      value,
      maxAge,
    });
  }
}
