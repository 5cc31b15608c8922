import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { userCodeOf } from '../../oauth/devices/user-code.js';
import type { ApiCall } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { type Form, formOf, queryOf } from '../form-of.js';
import { PageAccount } from '../page-account.js';
import { type PageResponse, PageView } from '../rendering/page-view.js';
import { DEVICE_PATH, DevicePage, type PageDeviceRequest } from './device-page.js';

/** Where people type the code that a device shows (RFC 8628 section 3.3). */
@PageController()
export class DevicePageController {
  constructor(
    private readonly account: PageAccount,
    private readonly view: PageView,
    private readonly page: DevicePage,
  ) {}

  /** A code in the address is shown, to be compared with the device's. Nothing is asked about it before the form is sent. */
  @Get('oauth/device')
  async show(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const { user_code: given = '', note } = queryOf(request);
    const code = userCodeOf(given);
    const here = code === undefined ? DEVICE_PATH : `${DEVICE_PATH}?user_code=${code}`;
    if (this.account.mustChoosePassword(request)) return this.account.leadToPassword(response, here);
    if (!(await this.account.find(request))) return this.account.leadToSignIn(request, response, here);
    if (note === 'allowed' || note === 'denied')
      return this.page.answered(request, response, note === 'allowed');
    return this.page.askCode(request, response, given);
  }

  @Post('oauth/device')
  async answer(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const form = formOf(request);
    const { user_code: typed = '', answer: said } = form;
    const answer = await this.account.send(request, response, callOf(form), DEVICE_PATH);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.page.askCode(request, response, typed, answer);
    if (said === 'allow' || said === 'deny')
      return this.view.leadTo(response, `${DEVICE_PATH}?note=${said === 'allow' ? 'allowed' : 'denied'}`);
    return this.page.ask(request, response, typed, answer.body as PageDeviceRequest);
  }
}

function callOf({ user_code: userCode = '', answer, csrf }: Form): ApiCall {
  const isAnswered = answer === 'allow' || answer === 'deny';
  const route = 'auth/device';
  return isAnswered
    ? { method: 'PUT', route, body: { userCode, allow: answer === 'allow' }, csrf }
    : { method: 'POST', route, body: { userCode }, csrf };
}
