/** The part of a response by which Express and Fastify send several headers of one name. */
export interface CookieResponse {
  /** Express: beside those that are there. */
  append?(name: string, values: string[]): unknown;
  /** Fastify: beside those that are there, if it is `Set-Cookie`. */
  header(name: string, values: string[]): unknown;
}

export function setCookies(response: CookieResponse, cookies: string[]): void {
  if (response.append) response.append('Set-Cookie', cookies);
  else response.header('Set-Cookie', cookies);
}
