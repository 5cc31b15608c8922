import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../common/ip-network.js';

/** Of IANA's registries of special-purpose addresses: none of another site (CWE-918). */
const SPECIAL = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);
/** All that IPv6 gives to hosts of the Internet. */
const GLOBAL_IPV6 = listOf(['2000::/3']);

/** Whether an address is one of the Internet. @param address IPv4 or IPv6 */
export function isPublicAddress(address: string): boolean {
  const plain = plainAddress(address);
  if (isIP(plain) === 4) return !SPECIAL.check(plain, 'ipv4');
  return GLOBAL_IPV6.check(plain, 'ipv6') && !SPECIAL.check(plain, 'ipv6');
}

/** @param entries addresses and networks, as `10.0.0.0/8` */
export function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether an address is in a list. */
export function isIn(list: BlockList, address: string): boolean {
  const plain = plainAddress(address);
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
