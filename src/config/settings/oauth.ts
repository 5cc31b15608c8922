import { onOrOff } from './parsers.js';
import { type Settings, configOf } from './setting.js';

export const OAUTH_SETTINGS = {
  on: {
    name: 'OAUTH',
    default: 'off',
    parser: onOrOff(),
    meaning:
      '`on` or `off`: the [authorization server](oauth.md) under `/oauth`. With `SIGNING_ALG=HS256`, which has no public keys, there is none',
    example: 'off',
    ofServer: 'give oauth: true to LatchkeyModule',
  },
} as const satisfies Settings;

/** The authorization server. */
export abstract class OAuthConfig extends configOf(OAUTH_SETTINGS) {}
