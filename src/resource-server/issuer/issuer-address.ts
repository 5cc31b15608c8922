import { isLoopback } from '../../config/loopback.js';

/** What is wrong with an address of an issuer. @returns the end of a sentence; undefined if nothing is */
export function addressProblem(address: unknown, allowHttp: boolean): string | undefined {
  const must = 'must be a URL such as https://id.example.com, without user, query or fragment';
  if (typeof address !== 'string' || !URL.canParse(address)) return must;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '' || /[?#]/.test(address)) return must;
  if (protocol === 'https:' || (protocol === 'http:' && (allowHttp || isLoopback(hostname))))
    return undefined;
  return protocol === 'http:'
    ? 'must start with https:// unless it is of this machine: an attacker on the way could give keys of their own (allowHttp: true where the network is trusted)'
    : must;
}
