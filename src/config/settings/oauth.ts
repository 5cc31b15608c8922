import { placeOfJsonError } from './json-position.js';
import { onOrOff } from './parsers.js';
import { type Parser, type Settings, configOf } from './setting.js';
import { networks } from './url-parsers.js';

/** A list of objects, which who uses them looks into. */
const jsonObjects: Parser<readonly object[]> = {
  must: 'must be a JSON list of clients such as [{"id": "shop", "name": "Shop", "type": "public", …}]',
  why(text) {
    const place = placeOfJsonError(text);
    return place && `must be JSON, and is none from ${place} on`;
  },
  parse(text) {
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) && value.every(isObject) ? value : undefined;
    } catch {
      return undefined;
    }
  },
};

export const OAUTH_SETTINGS = {
  on: {
    name: 'OAUTH',
    default: 'on',
    parser: onOrOff(),
    meaning:
      '`on` or `off`: the [authorization server](oauth.md) under `/oauth`. With `SIGNING_ALG=HS256`, which has no public keys, there is none',
    example: 'off',
    ofServer: 'give oauth: true to LatchkeyModule',
  },
  clients: {
    name: 'OAUTH_CLIENTS',
    unset: 'none',
    parser: jsonObjects,
    tellsPath: true,
    meaning:
      'OAuth clients that are the same wherever the server starts, as JSON ([form](administration.md#clients-of-a-file)); mostly by `OAUTH_CLIENTS_FILE`',
    example:
      '[{"id": "shop", "name": "Shop", "type": "public", "redirectUris": ["https://shop.example.com/callback"]}]',
  },
  registration: {
    name: 'OAUTH_REGISTRATION',
    default: 'off',
    parser: onOrOff(),
    meaning:
      '`on` or `off`: whether applications with an initial access token [register themselves](oauth.md#registration) as OAuth clients',
    example: 'on',
  },
  logoutNetworks: {
    name: 'OAUTH_LOGOUT_NETWORKS',
    unset: 'none',
    fallback: [],
    parser: networks(),
    meaning:
      'comma-separated addresses and networks, besides those of the Internet, where clients may be told of [logouts](oauth.md#signing-out)',
    example: '10.0.0.0/8',
  },
} as const satisfies Settings;

/** The authorization server, and the clients that the operator has fixed. */
export abstract class OAuthConfig extends configOf(OAUTH_SETTINGS) {}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
