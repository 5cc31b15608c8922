import { Get, Post, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { RegistrationConfig } from '../../config/config.js';
import type { ApiAnswer } from '../api/page-api.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { formOf, queryOf } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { PageResponse } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import { may } from '../viewer.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage, idIn, withQuery } from './admin-page.js';

const PATH = `${ADMIN_PATH}/invitations`;

interface Pending {
  readonly invitations: readonly {
    readonly id: string;
    readonly email: string;
    readonly name: string | null;
    readonly createdAt: string;
    readonly expiresAt: string;
  }[];
  readonly nextCursor: string | null;
}

/** Inviting people, and who has not come yet. */
@PageController()
export class AdminInvitationsPageController {
  constructor(
    private readonly page: AdminPage,
    private readonly registration: RegistrationConfig,
    private readonly own: OwnFieldInputs,
  ) {}

  @Get('account/admin/invitations')
  show(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    return this.list(request, response);
  }

  @Post('account/admin/invitations')
  invite(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const form = formOf(request);
    const { email = '', name = '' } = form;
    const body = { email, ...(name !== '' && { name }), ...this.own.valuesOf(form, { by: 'admin' }) };
    const call = { method: 'POST', route: 'admin/invitations', body } as const;
    return this.page.act(request, response, call, `${PATH}?note=invited`, (refused) =>
      this.list(request, response, refused),
    );
  }

  @Post('account/admin/invitations/withdraw')
  withdraw(@Req() request: HttpRequest, @Res({ passthrough: true }) response: PageResponse): Promise<string> {
    const call = { method: 'DELETE', route: `admin/invitations/${idIn(formOf(request)['id'])}` } as const;
    return this.page.act(request, response, call, `${PATH}?note=withdrawn`, (refused) =>
      this.list(request, response, refused),
    );
  }

  private async list(request: HttpRequest, response: PageResponse, refused?: ApiAnswer): Promise<string> {
    const { cursor } = queryOf(request);
    const route = withQuery('admin/invitations', { cursor });
    const answer = await this.page.ask(request, response, route, withQuery(PATH, { cursor }));
    if (typeof answer === 'string') return answer;
    if (answer.problem)
      return cursor === undefined
        ? this.page.refuse(request, response, answer)
        : this.page.restart(response, PATH);
    const t = this.page.wordsFor(request);
    const mayWrite = may(this.page.viewerOf(request), 'invitations:write');
    const typed = formOf(request);
    const { email, name } = typed;
    const fields: FormField[] = [
      { name: 'email', type: 'email', label: t('email'), value: email, required: true },
      { name: 'name', type: 'text', label: t('name'), value: name },
      ...this.own.inputs(typed, 'admin').map((own) => ({
        name: own.name,
        type: own.type,
        label: own.label,
        value: own.value,
        own: true,
      })),
    ];
    const { invitations, nextCursor } = answer.body as Pending;
    const table = {
      caption: t('admin.invitations'),
      columns: [t('email'), t('name'), t('admin.created'), t('admin.expires')],
      rows: invitations.map((invitation) => ({
        cells: [
          { text: invitation.email },
          { text: invitation.name ?? '–' },
          this.page.moment(request, invitation.createdAt),
          this.page.moment(request, invitation.expiresAt),
        ],
        action: !mayWrite
          ? undefined
          : {
              action: `${PATH}/withdraw`,
              text: t('admin.withdraw'),
              label: t('admin.withdraw-one', { email: invitation.email }),
              hidden: { id: invitation.id },
            },
      })),
      none: t('admin.invitations.none'),
      more: nextCursor === null ? undefined : withQuery(PATH, { cursor: nextCursor }),
    };
    const form = {
      action: PATH,
      fields: refused ? withErrors(t, fields, refused) : fields,
      submit: t('admin.invite'),
    };
    // Those that were mailed before are listed: they are good again once the mode is another.
    const invite =
      this.registration.mode === 'closed'
        ? [{ intro: t('admin.invitations.closed') }]
        : mayWrite
          ? [{ form }]
          : [];
    return this.page.show(request, response, {
      title: t('admin.invitations'),
      path: PATH,
      sections: [...invite, { heading: t('admin.invitations.pending'), table }],
      refused,
      problem: refused?.status === 404 ? t('admin.gone.invitation') : undefined,
      notes: ['invited', 'withdrawn'],
    });
  }
}
