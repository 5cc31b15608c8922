import { isIPv6 } from 'node:net';

/** Without the name of an interface, and IPv4 addresses mapped into IPv6 as IPv4. */
export function plainAddress(ip: string): string {
  const address = ip.split('%', 1)[0] ?? '';
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The network of an IPv6 address, `2001:db8:1::/48`, however the address is written; undefined of what is none. */
export function ipv6Network(address: string, bits: 48 | 64): string | undefined {
  if (!isIPv6(address)) return undefined;
  const [before = [], after] = address.split('::').map(groupsOf);
  const zeros = after ? Array<number>(8 - before.length - after.length).fill(0) : [];
  const groups = [...before, ...zeros, ...(after ?? [])].slice(0, bits / 16);
  return `${groups.map((group) => group.toString(16)).join(':')}::/${bits}`;
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
