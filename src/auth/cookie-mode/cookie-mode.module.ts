import { Module } from '@nestjs/common';
import { CookieMode } from './cookie-mode.js';
import { CsrfController } from './csrf.controller.js';
import { PreviousSession } from './previous-session.js';
import { TokenCookies } from './token-cookies.js';

/** Tokens in httpOnly cookies, for the flows that hand them out. */
@Module({
  controllers: [CsrfController],
  providers: [CookieMode, PreviousSession, TokenCookies],
  exports: [CookieMode, PreviousSession, TokenCookies],
})
export class CookieModeModule {}
