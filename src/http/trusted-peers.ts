import { BlockList, isIPv6 } from 'node:net';
import type { HttpConfig } from '../config/config.js';

/** Whether the peer is a proxy that we believe. */
export function trustedPeers(trustProxy: HttpConfig['trustProxy']): (address: string | undefined) => boolean {
  if (trustProxy === false) return () => false;
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusted = new BlockList();
  for (const entry of trustProxy.split(',')) {
    const [address = '', prefix] = entry.split('/');
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (peer) => {
    const address = peer?.replace(/^::ffff:(?=\d+\.)/i, '');
    return address !== undefined && trusted.check(address, familyOf(address));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
