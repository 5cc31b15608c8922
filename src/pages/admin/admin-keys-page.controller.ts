import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import type { PageResponse } from '../rendering/page-view.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage } from './admin-page.js';

const PATH = `${ADMIN_PATH}/keys`;
/** What the API answers where keys come from files, from a secret that is shared, or from a source of a team's own. */
const NOT_OF_THE_DATABASE = 404;

/** A key as the API tells of it. */
interface SeenKey {
  readonly kid: string;
  readonly alg: string;
  readonly state: string;
  readonly signsFrom: string;
  readonly signsUntil: string | null;
  readonly verifiesUntil: string | null;
}

/** The keys that sign access tokens. */
@PageController()
export class AdminKeysPageController {
  constructor(private readonly page: AdminPage) {}

  @Get('account/admin/keys')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.list(request, response);
  }

  @Post('account/admin/keys/rotate')
  rotate(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const call = { method: 'POST', route: 'admin/keys/rotate' } as const;
    return this.page.act(request, response, call, `${PATH}?note=rotated`, (refused) =>
      this.list(request, response, refused),
    );
  }

  private async list(request: HttpRequest, response: PageResponse, refused?: ApiAnswer): Promise<string> {
    const answer = await this.page.ask(request, response, 'admin/keys', PATH, NOT_OF_THE_DATABASE);
    if (typeof answer === 'string') return answer;
    if (answer.problem) return this.elsewhere(request, response);
    const t = this.page.wordsFor(request);
    const moment = (iso: string | null) => this.page.moment(request, iso);
    const columns = ['key', 'key.state', 'key.signs-from', 'key.signs-until', 'key.verifies-until'];
    const table = {
      caption: t('admin.keys'),
      columns: columns.map((column) => t(`admin.${column}`)),
      rows: (answer.body as SeenKey[]).map((key) => ({
        cells: [
          { text: `${key.kid} (${key.alg})` },
          { text: t(`admin.key.${key.state}`) },
          moment(key.signsFrom),
          moment(key.signsUntil),
          moment(key.verifiesUntil),
        ],
      })),
      none: '–',
    };
    // While one waits to sign there is nothing to rotate to.
    const waits = (answer.body as SeenKey[]).some(({ state }) => state === 'pending');
    const mayRotate = !waits && this.page.viewerOf(request).scopes.includes('keys:write');
    const form = { action: `${PATH}/rotate`, fields: [], submit: t('admin.rotate') };
    return this.page.show(request, response, {
      title: t('admin.keys'),
      path: PATH,
      sections: [
        { intro: t(waits ? 'admin.keys.waiting' : 'admin.keys.intro'), table },
        ...(mayRotate ? [{ heading: t('admin.rotate'), intro: t('admin.rotate.intro'), form }] : []),
      ],
      refused,
      notes: ['rotated'],
    });
  }

  /** There is nothing to rotate here, and it says where there is. */
  private elsewhere(request: HttpRequest, response: PageResponse): string {
    const t = this.page.wordsFor(request);
    return this.page.show(request, response, {
      title: t('admin.keys'),
      path: PATH,
      sections: [{ intro: t('admin.keys.elsewhere') }],
    });
  }
}
