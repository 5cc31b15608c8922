import { isIPv4 } from 'node:net';
import { ipv6Network, plainAddress } from '../../common/ip-network.js';

/**
 * The network around an address that its provider is likely to give the same subscriber another one of: /24 of IPv4, /48
 * of IPv6. IPv4 addresses mapped into IPv6 count as IPv4.
 */
export function neighbourhoodOf(ip: string): string {
  const address = plainAddress(ip);
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return ipv6Network(address, 48) ?? '';
}
