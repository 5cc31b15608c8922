import { directory, onOrOff } from './parsers.js';
import { type Settings, configOf } from './setting.js';
import { publicUrl } from './url-parsers.js';

export const PAGES_SETTINGS = {
  on: {
    name: 'ACCOUNT_PAGES',
    default: 'on',
    parser: onOrOff(),
    meaning: '`on` or `off`: the [pages](pages.md) under `/account`, and those that mailed links lead to',
    example: 'off',
    ofServer: 'give pages: true to LatchkeyModule',
  },
  directory: {
    name: 'PAGES_DIR',
    unset: 'none',
    parser: directory(),
    meaning:
      'where templates, languages, a logo and a theme of your own are ([more](pages.md#your-own-look))',
    example: '/etc/latchkey/pages',
  },
  linksUrl: {
    name: 'LINKS_URL',
    derived: '`PUBLIC_URL`',
    parser: publicUrl(),
    meaning: 'what mailed links begin with, where a front end of your own has their pages',
    example: 'https://app.example.com',
  },
} as const satisfies Settings;

/** The pages for people, and where mailed links lead. */
export abstract class PagesConfig extends configOf(PAGES_SETTINGS) {}
