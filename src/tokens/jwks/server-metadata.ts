/** What an authorization server says of itself (RFC 8414, OpenID Connect Discovery), where there is one. */
export abstract class ServerMetadata {
  /** Its members, by their names there. */
  abstract document(): Promise<Readonly<Record<string, unknown>>>;
}
