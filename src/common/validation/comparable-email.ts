import { domainToASCII } from 'node:url';

/** The domain as DNS knows it (IDNA, RFC 5891), in lower case; '' if it is none. */
export function asciiDomainOf(domain: string): string {
  return /^[!-~]*$/.test(domain) ? domain.toLowerCase() : domainToASCII(domain);
}

/** The parts around the last `@`. */
export function partsOf(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(0, at)), domain: address.slice(at + 1) };
}

/**
 * What addresses are compared by: lower case, the local part in canonical Unicode form (in this order: lower-casing can
 * decompose), the domain in ASCII.
 */
export function comparableEmail(address: string): string {
  const { local, domain } = partsOf(address);
  return `${local.toLowerCase().normalize('NFC')}@${asciiDomainOf(domain)}`;
}
