import { Get, Param, Req, Res, StreamableFile } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { PageView, type PageResponse } from '../rendering/page-view.js';
import { PageController } from './page-controller.decorator.js';

/** A year: the address changes with what is at it. Seconds. */
const KEPT = 31_536_000;

/** Addresses that lead to pages, and what pages load. */
@PageController()
export class FrontDoorController {
  constructor(private readonly view: PageView) {}

  @Get()
  root(@Res({ passthrough: true }) response: PageResponse): string {
    return this.view.leadTo(response, '/account');
  }

  /** Where password managers send their users (W3C, A Well-Known URL for Changing Passwords). */
  @Get('.well-known/change-password')
  changePassword(@Res({ passthrough: true }) response: PageResponse): string {
    return this.view.leadTo(response, '/account/password');
  }

  @Get('account/assets/:file')
  asset(
    @Param('file') file: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): StreamableFile {
    const asset = this.view.assets.at(file);
    if (!asset) throw new LatchkeyError('NOT_FOUND', 'There is nothing at this address.');
    const compressed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    response.header('Cache-Control', `public, max-age=${KEPT}, immutable`);
    response.header('Vary', 'Accept-Encoding');
    response.header('X-Content-Type-Options', 'nosniff');
    response.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    if (compressed) response.header('Content-Encoding', 'gzip');
    return new StreamableFile(compressed ? asset.compressed : asset.content, { type: asset.type });
  }
}
