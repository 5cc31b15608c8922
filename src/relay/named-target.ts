import { isLoopback } from '../config/loopback.js';

/** `stock.internal:50051`: the part of an address that `URL` understands as a host and a port. */
const HOST_AND_PORT = /^[^/?#@,*\\\s]+:\d{1,5}$/;
const HTTP_NAME = /^https?:\/\/[^/?#\\*]+\/?$/i;
const GRPC_NAME = /^(grpcs?):\/\/(.+)$/i;
const UNIX_NAME = /^unix:(?:\/\/)?(\/[^?#]+)$/;
/** As `@grpc/grpc-js` writes where a channel leads, by the resolvers that look at one address. */
const CHANNEL = /^(?:dns|ipv4|ipv6):(?:\/\/\/)?(.+)$/;
/** Of gRPC, where a target has none. */
const CHANNEL_PORT = '443';

/**
 * Where tokens may be sent, written the one way in which it is compared: an origin of HTTP, `grpc://host:port` or `unix:/path`.
 * @param name an entry of `relay.to`
 * @param allowHttp whether what is not encrypted may leave this machine
 * @returns undefined if it is none, or may not be
 */
export function targetOfName(name: string, allowHttp: boolean): string | undefined {
  const path = UNIX_NAME.exec(name)?.[1];
  if (path !== undefined) return `unix:${path}`;
  const [, scheme = '', address = ''] = GRPC_NAME.exec(name) ?? [];
  const url = scheme === '' ? name : `http${scheme.slice('grpc'.length)}://${address}`;
  if (!HTTP_NAME.test(url) || !URL.canParse(url) || !isSafe(new URL(url), allowHttp)) return undefined;
  return scheme === '' ? targetOfUrl(new URL(url)) : grpcTarget(address);
}

function isSafe({ protocol, hostname }: URL, allowHttp: boolean): boolean {
  return protocol === 'https:' || allowHttp || isLoopback(hostname);
}

/** Whether an entry of `relay.to` asks a client of gRPC for TLS. Of HTTP, the origin says so itself. */
export function isNamedByTls(name: string): boolean {
  return GRPC_NAME.exec(name)?.[1]?.toLowerCase() === 'grpcs';
}

/** @returns undefined if it is none of HTTP, or has a user name or password, which mislead readers about the host */
export function targetOfUrl(url: URL): string | undefined {
  const { protocol, username, password, origin } = url;
  return /^https?:$/.test(protocol) && username === '' && password === '' ? origin : undefined;
}

/** @param target as `getPeer()` of a call of gRPC that was not begun says it, e.g. `dns:stock.internal:50051` */
export function targetOfChannel(target: string): string | undefined {
  const [, path] = UNIX_NAME.exec(target) ?? [];
  if (path !== undefined) return `unix:${path}`;
  const address = CHANNEL.exec(target)?.[1] ?? '';
  return grpcTarget(address) ?? grpcTarget(`${address}:${CHANNEL_PORT}`);
}

/** As `URL` understands the host, so that no other way of writing it is another host. */
function grpcTarget(address: string): string | undefined {
  const url = `http://${address}`;
  if (!HOST_AND_PORT.test(address) || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return `grpc://${hostname}:${port === '' ? '80' : port}`;
}
