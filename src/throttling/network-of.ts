import { ipv6Network, plainAddress } from '../common/ip-network.js';

/**
 * What a client is counted by: the IPv4 address, or the /64 network of an IPv6 address, since one subscriber has all of
 * it. IPv4 addresses mapped into IPv6 count as IPv4.
 */
export function networkOf(ip: string): string {
  const address = plainAddress(ip);
  return ipv6Network(address, 64) ?? address;
}

/** The /48 that a site is given, with 65,536 networks of its own; undefined for IPv4. */
export function siteOf(ip: string): string | undefined {
  return ipv6Network(plainAddress(ip), 48);
}
