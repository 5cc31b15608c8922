import { Get, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { queryOf } from '../form-of.js';
import type { PageResponse } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage, withQuery } from './admin-page.js';
import { askList, leftOut } from './asked-list.js';
import { eventName, filterOf, instantOf } from './audit-filter.js';
import type { Cell, Table } from './section.js';

const PATH = `${ADMIN_PATH}/audit`;

interface Found {
  readonly events: readonly {
    readonly occurredAt: string;
    readonly type: string;
    readonly outcome: string;
    readonly actor: { readonly kind: string; readonly id: string | null };
    readonly subject: string | null;
    readonly ip: string | null;
    readonly details: Readonly<Record<string, unknown>>;
  }[];
  /** Of those who are there still. */
  readonly users?: readonly { readonly id: string; readonly email: string }[];
  readonly nextCursor: string | null;
}

/** What happened, to whom and by whom. */
@PageController()
export class AdminAuditPageController {
  constructor(private readonly page: AdminPage) {}

  @Get('account/admin/audit')
  async show(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const query = queryOf(request);
    const { type, outcome, subject, actor, ip, from, to, cursor } = query;
    const asked = { type, outcome, subject, actor, ip, from, to };
    const mayFind = this.page.viewerOf(request).scopes.includes('users:read');
    const list = await askList(this.page, request, response, {
      route: 'admin/audit',
      path: PATH,
      query: { ...asked, cursor },
      others: {
        from: instantOf(from),
        to: instantOf(to),
        limit: '25',
        ...(mayFind && { addresses: 'true' }),
      },
    });
    if (typeof list === 'string') return list;
    const { answer, kept, refused, wrong } = list;
    const t = this.page.wordsFor(request);
    const fields = filterOf(t, query);
    const filter = {
      action: PATH,
      fields: refused ? withErrors(t, fields, refused) : fields,
      submit: t('admin.find'),
    };
    return this.page.show(request, response, {
      title: t('admin.audit'),
      path: PATH,
      sections: [{ filter, table: this.tableOf(request, answer.body as Found, kept) }],
      refused,
      problem: refused && leftOut(t, wrong, 'admin.audit'),
    });
  }

  private tableOf(
    request: HttpRequest,
    { events, users, nextCursor }: Found,
    kept: Readonly<Record<string, string | undefined>>,
  ): Table {
    const t = this.page.wordsFor(request);
    const addresses = users && new Map(users.map(({ id, email }) => [id, email]));
    return {
      caption: t('admin.audit'),
      columns: [
        t('admin.audit.when'),
        t('admin.audit.type'),
        t('admin.audit.of'),
        t('admin.audit.by'),
        'IP',
        t('admin.audit.details'),
      ],
      rows: events.map(({ occurredAt, type, outcome, subject, actor, ip, details }) => ({
        cells: [
          this.page.moment(request, occurredAt, 'seconds'),
          {
            text: eventName(t, type),
            tags: outcome === 'failure' ? [{ text: t('activity.failed'), bad: true }] : [],
          },
          userCell(addresses, subject, '–'),
          actor.id !== null && actor.id === subject
            ? { text: t('admin.audit.self') }
            : userCell(addresses, actor.id, t(`admin.audit.${actor.kind}`)),
          { text: ip ?? '–' },
          { text: textOf(details) },
        ],
      })),
      none: t('activity.none'),
      more: nextCursor === null ? undefined : withQuery(PATH, { ...kept, cursor: nextCursor }),
    };
  }
}

/** @param addresses of the users who are there; undefined: the viewer may see none, nor their pages */
function userCell(
  addresses: ReadonlyMap<string, string> | undefined,
  id: string | null,
  otherwise: string,
): Cell {
  if (id === null) return { text: otherwise };
  const email = addresses?.get(id);
  return email === undefined ? { text: id } : { text: email, href: `${ADMIN_PATH}/users/${id}` };
}

/** `reason: logout, sessions: 1`, in the names that the API has. */
function textOf(details: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join(', ') || '–';
}
