import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { TokensConfig } from '../../config/config.js';
import { shownUserCode, userCodeOf } from '../../oauth/devices/user-code.js';
import type { ApiAnswer } from '../api/page-api.js';
import { PageAccount } from '../page-account.js';
import { type PageResponse, PageView, type Say } from '../rendering/page-view.js';
import { problemText } from '../rendering/problem-text.js';
import { grantLifetime } from './grant-lifetime.js';
import { scopeText } from './scope-text.js';

export const DEVICE_PATH = '/oauth/device';

/** What a device asks for, as the API tells of it. */
export interface PageDeviceRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly resource: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** What people see who allow a device something. */
@Injectable()
export class DevicePage {
  constructor(
    private readonly view: PageView,
    private readonly account: PageAccount,
    private readonly tokens: TokensConfig,
  ) {}

  /** Asks for the code. @param typed what is known of it already @param answer why it is asked for again */
  askCode(request: HttpRequest, response: PageResponse, typed: string, answer?: ApiAnswer): string {
    const t = this.view.wordsFor(request);
    const code = userCodeOf(typed);
    const isGiven = code !== undefined && !answer;
    const field = {
      name: 'user_code',
      type: 'text',
      label: t('device.code'),
      value: code === undefined ? '' : shownUserCode(code),
      autocomplete: 'off',
      required: true,
      hint: t('device.code.hint'),
    } as const;
    return this.view.show(request, response, {
      template: 'form',
      title: t('device.title'),
      signedIn: true,
      status: answer?.problem?.status,
      problem: answer && problemOf(t, answer),
      intro: [t(isGiven ? 'device.compare' : 'device.intro')],
      forms: [{ action: DEVICE_PATH, fields: [field], submit: t('continue') }],
    });
  }

  /** Asks whether the device may have what it asks for, and warns of who may be behind it (RFC 8628 section 5.4). */
  async ask(
    request: HttpRequest,
    response: PageResponse,
    typed: string,
    found: PageDeviceRequest,
  ): Promise<string> {
    const t = this.view.wordsFor(request);
    const email = (await this.account.find(request))?.email ?? '';
    const code = shownUserCode(userCodeOf(typed) ?? '');
    const unknown = t('device.unknown');
    const said = { client: found.name, email };
    return this.view.show(request, response, {
      template: 'device',
      title: t('device.ask', said),
      signedIn: true,
      warning: t('device.warning', said),
      intro: t('device.signed-in', said),
      facts: [
        [t('device.fact.client'), found.name],
        ...(found.resource === null ? [] : [[t('device.fact.resource'), found.resource]]),
        [t('device.fact.code'), code],
        [t('device.fact.ip'), found.ip ?? unknown],
        [t('device.fact.program'), found.userAgent ?? unknown],
      ],
      scopes: found.scopes.map((scope) => scopeText(t, scope)),
      lasts: grantLifetime(t, {
        locale: this.view.localeOf(request),
        isOffline: found.scopes.includes('offline_access'),
        maxAge: this.tokens.sessionMaxAge,
      }),
      action: DEVICE_PATH,
      code,
    });
  }

  /** It was answered. */
  answered(request: HttpRequest, response: PageResponse, isAllowed: boolean): string {
    const t = this.view.wordsFor(request);
    return this.view.show(request, response, {
      template: 'message',
      title: t(isAllowed ? 'device.allowed.title' : 'device.denied.title'),
      signedIn: true,
      intro: [t(isAllowed ? 'device.allowed' : 'device.denied')],
      links: [{ href: '/account', text: t('nav') }],
    });
  }
}

function problemOf(t: Say, answer: ApiAnswer): string | undefined {
  const isUnknown = answer.problem?.code === 'NOT_FOUND' || answer.problem?.code === 'VALIDATION_FAILED';
  return isUnknown ? t('device.not-found') : problemText(t, answer);
}
