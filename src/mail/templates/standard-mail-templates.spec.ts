import { describe, expect, it } from '@jest/globals';
import type { MailData, MailTemplate } from '../mail.js';
import { readableData } from './readable-data.js';
import { StandardMailTemplates } from './standard-mail-templates.js';

const LINK = 'https://id.acme.example/reset-password?a=1&b=2#token=Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';
const NAME = '<b>"Ada" & \'Co\'';
const INCIDENT = {
  name: NAME,
  at: new Date('2026-11-22T08:26:00Z'),
  ip: '2001:db8::1',
  device: '<i>Firefox',
};

const DATA: MailData = {
  'password-reset': { name: NAME, link: LINK, expiresIn: 900_000 },
  'email-verification': { name: NAME, link: LINK, expiresIn: 86_400_000 },
  'email-change': { name: NAME, link: LINK, expiresIn: 86_400_000 },
  invitation: { name: NAME, link: LINK, expiresIn: 7 * 86_400_000 },
  'account-exists': { name: NAME },
  'password-elsewhere': { name: NAME },
  'email-changed': { name: NAME, newEmail: "o'neil&<x>@example.com" },
  'password-changed': INCIDENT,
  'account-deleted': INCIDENT,
  'new-device': INCIDENT,
  'refresh-token-reused': INCIDENT,
  lockout: INCIDENT,
};
const TEMPLATES = Object.keys(DATA) as MailTemplate[];
const CASES = ['en', 'de'].flatMap((language) => TEMPLATES.map((template) => [template, language] as const));

function render<Template extends MailTemplate>(
  template: Template,
  language: string,
  data: MailData[Template] = DATA[template],
) {
  const request = { template, language, data: readableData<Template>(data), product: 'Acme & <Sons>' };
  return new StandardMailTemplates().render(request);
}

describe('The shipped templates', () => {
  it.each(CASES)('%s in %s says everything as text and as HTML', (template, language) => {
    const { subject, text, html } = render(template, language);

    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/undefined|null|NaN|\[object|Invalid Date|\$\{/);
      expect(part).not.toBe('');
    }
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain(NAME);
    expect(text.split('\n').every((line) => line.length < 900)).toBe(true);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html.split('\n').every((line) => line.length < 900)).toBe(true);
  });

  it.each(CASES)('%s in %s escapes what comes from users', (template, language) => {
    const { html } = render(template, language);

    expect(html).toContain('&lt;b&gt;&quot;Ada&quot; &amp; &#39;Co&#39;');
    expect(html).not.toMatch(/<(b|i|x|Sons)>/);
    expect(html).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
  });

  it.each(CASES)('%s in %s loads nothing from elsewhere, and knows of dark mode', (template, language) => {
    const { html } = render(template, language);

    expect(html).not.toMatch(/<(img|script|link|iframe|object|form|input)|url\(|@import|src=/i);
    expect(html).toContain('prefers-color-scheme: dark');
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toBe(LINK.replace('&', '&amp;'));
  });

  it.each(CASES.filter(([template]) => 'link' in DATA[template]))(
    '%s in %s shows its link in full, too, on a line of its own in the text',
    (template, language) => {
      const { text, html } = render(template, language);

      expect(text.split('\n').filter((line) => line === LINK)).toHaveLength(1);
      expect(html).toContain(`>${LINK.replace('&', '&amp;')}</a>`);
    },
  );

  it('are in English and in German', () => {
    const english = render('password-reset', 'en');
    const german = render('password-reset', 'de');

    expect(english.subject).toBe('Reset your Acme & <Sons> password');
    expect(english.text).toContain('for 15 minutes.');
    expect(german.subject).toBe('Setzen Sie Ihr Passwort bei Acme & <Sons> zurück');
    expect(german.text).toContain('für 15 Minuten.');
    expect(render('email-verification', 'en').text).toContain('24 hours');
    expect(render('invitation', 'de').text).toContain('7 Tage');
    expect(render('lockout', 'en').text).toContain('When: November 22, 2026 at 8:26 AM UTC');
    expect(render('lockout', 'de').text).toContain('Wann: 22. November 2026 um 08:26 UTC');
  });

  it('say that something is unknown where it is', () => {
    const data = { name: null, at: new Date(0), ip: null, device: null };

    expect(render('new-device', 'en', data).text).toContain('Device: unknown\nIP address: unknown');
    expect(render('new-device', 'de', data).text).toMatch(/^Guten Tag,\n/);
  });
});

describe('readableData', () => {
  const nameOf = (name: string | null) => readableData<'account-exists'>({ name }).name;

  it.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['  Ada\r\nLovelace\u2028\u0000 ', 'Ada Lovelace'],
    ['Dr. Ada L. O’Neil-Müller, Jr., 3', 'Dr. Ada L. O’Neil-Müller, Jr., 3'],
    ['Renée 王小明・3世 Σ.', 'Renée 王小明・3世 Σ.'],
    ['Ada \u202egro.live', 'Ada gro.live', true],
    ['', null],
    [' \t ', null],
    [null, null],
    ['You won! evil.example', null],
    ['https://evil.example', null],
    ['call@evil.example', null],
    ['You won - see prize24.com', null],
    ['See 24.prize', null],
    ['Call 192.0.2.1', null],
    ...['\u3002', '\uff0e', '\uff61', '\ufe52', '\u2024', '\ufe12'].map(
      (dot) => [`Visit evil${dot}com now`, null] as const,
    ),
    ['Visit \ud83d\udca9.example', null],
    ['Visit e\u0301.example', null],
    ['Visit evil\u034f.com', null],
    ['https\uff1a\uff0f\uff0fevil', null],
    ['call\uff20evil', null],
    ['WWW evil', null],
    ['xn--80ak6aa92e.com', null],
    ['evil\u2488com', null],
    ['<b>"Ada"</b>\r\nBcc: x', null],
    ['x'.repeat(65), null],
  ])('takes the name %j for %j', (name, readable, linkLike = false) => {
    expect(nameOf(name)).toBe(linkLike ? null : readable);
  });

  it('puts other texts in one line, and leaves links and times alone', () => {
    const at = new Date();
    const data = { name: null, at, ip: '::1', device: 'Firefox\r\non\u0007 Windows' };

    expect(readableData<'lockout'>(data)).toEqual({ ...data, device: 'Firefox on Windows' });
    expect(readableData<'password-reset'>({ name: null, link: LINK, expiresIn: 1 }).link).toBe(LINK);
  });
});
