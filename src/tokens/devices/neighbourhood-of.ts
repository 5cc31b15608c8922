import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network around an address that its provider is likely to give the same subscriber another one of: /24 of IPv4, /48
 * of IPv6. IPv4 addresses mapped into IPv6 count as IPv4.
 */
export function neighbourhoodOf(ip: string): string {
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1)[0] ?? '';
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(address)) return '';
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const zeros = tail === undefined ? [] : ['0', '0', '0'];
  const groups = [...before, ...zeros].slice(0, 3);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}
