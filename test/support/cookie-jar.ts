import { parseSetCookie, type SetCookie } from 'cookie';

/** What a browser does with cookies, as far as one host is concerned. */
export class CookieJar {
  private readonly cookies = new Map<string, SetCookie>();

  /** @param keepsDevice whether also what a device is recognised by, which is of the limits, not of a session */
  constructor(private readonly keepsDevice = false) {}

  keep(headers: Headers): SetCookie[] {
    const received = headers
      .getSetCookie()
      .map((line) => parseSetCookie(line))
      .filter(({ name }) => this.keepsDevice || !name.endsWith('lk_device'));
    for (const cookie of received) {
      if (cookie.maxAge === 0) this.cookies.delete(keyOf(cookie));
      else this.cookies.set(keyOf(cookie), cookie);
    }
    return received;
  }

  /** The `Cookie` header for a path. */
  headerFor(path: string): string | undefined {
    const sent = [...this.cookies.values()].filter((cookie) => path.startsWith(cookie.path ?? '/'));
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  valueOf(part: string): string {
    return [...this.cookies.values()].find(({ name }) => name.endsWith(part))?.value ?? '';
  }

  set(part: string, value: string): void {
    const cookie = [...this.cookies.values()].find(({ name }) => name.endsWith(part));
    if (!cookie) throw new Error(`There is no cookie ${part}.`);
    this.cookies.set(keyOf(cookie), { ...cookie, value });
  }

  copy(): CookieJar {
    const copy = new CookieJar(this.keepsDevice);
    for (const [key, cookie] of this.cookies) copy.cookies.set(key, cookie);
    return copy;
  }

  get names(): string[] {
    return [...this.cookies.values()].map(({ name }) => name).toSorted();
  }
}

function keyOf({ name, path = '/' }: SetCookie): string {
  return `${name} ${path}`;
}
