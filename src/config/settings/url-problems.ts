import { SSL_MODES } from '../postgres-url.js';

const AUTHORITY = /^[a-z+]+:\/\/(?:[^/?#]*@)?([^/?#]*)/;

/** What is wrong with a port of the URL, if that is: of each host, or in `port=`. */
export function portProblem(text: string): string | undefined {
  const [, authority = ''] = AUTHORITY.exec(text) ?? [];
  const ports = [
    ...[...authority.matchAll(/:(\d+)(?=,|$)/g)].map(([, port]) => Number(port)),
    ...(parametersOf(text).get('port')?.split(',') ?? []).map(Number),
  ];
  return ports.every((port) => port > 0 && port < 65_536)
    ? undefined
    : 'names a port that is not from 1 to 65535';
}

/** What is wrong with the `sslmode` of the URL, if that is. */
export function sslModeProblem(text: string): string | undefined {
  const mode = parametersOf(text).get('sslmode');
  return mode === null || SSL_MODES.includes(mode)
    ? undefined
    : `has an sslmode that is none of ${SSL_MODES.join(', ')}`;
}

function parametersOf(text: string): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(text)?.[1]);
}
