import { Get, Req, Res } from '@nestjs/common';
import { AUDIT_EVENT_TYPES, AUDIT_OUTCOMES } from '../../audit/audit-event.js';
import type { HttpRequest } from '../../common/client-info.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { type Form, queryOf } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { PageResponse, Say } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import { ADMIN_PATH, AdminPage, withQuery } from './admin-page.js';
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
    const times = { from: instantOf(from), to: instantOf(to) };
    const route = withQuery('admin/audit', { ...asked, ...times, cursor, limit: '25' });
    const here = withQuery(PATH, { ...asked, cursor });
    const answer = await this.page.ask(request, response, route, here);
    if (typeof answer === 'string') return answer;
    const t = this.page.wordsFor(request);
    const fields = withErrors(t, filterOf(t, query), answer);
    const table = answer.problem ? undefined : this.tableOf(request, answer.body as Found, asked);
    return this.page.show(request, response, {
      title: t('admin.audit'),
      path: PATH,
      sections: [{ filter: { action: PATH, fields, submit: t('admin.find') }, ...(table && { table }) }],
      refused: answer.problem && answer,
    });
  }

  private tableOf(
    request: HttpRequest,
    { events, nextCursor }: Found,
    asked: Readonly<Record<string, string | undefined>>,
  ): Table {
    const t = this.page.wordsFor(request);
    return {
      caption: t('admin.audit'),
      columns: [
        t('admin.audit.when'),
        t('admin.audit.type'),
        t('admin.audit.subject'),
        t('admin.audit.actor'),
        'IP',
        t('admin.audit.details'),
      ],
      rows: events.map(({ occurredAt, type, outcome, subject, actor, ip, details }) => ({
        cells: [
          this.page.moment(request, occurredAt),
          {
            text: eventName(t, type),
            tags: outcome === 'failure' ? [{ text: t('activity.failed'), bad: true }] : [],
          },
          userCell(subject, '–'),
          actor.id !== null && actor.id === subject
            ? { text: t('admin.audit.self') }
            : userCell(actor.id, t(`admin.audit.${actor.kind}`)),
          { text: ip ?? '–' },
          { text: textOf(details) },
        ],
      })),
      none: t('activity.none'),
      more: nextCursor === null ? undefined : withQuery(PATH, { ...asked, cursor: nextCursor }),
    };
  }
}

function userCell(id: string | null, otherwise: string): Cell {
  return id === null ? { text: otherwise } : { text: id, href: `${ADMIN_PATH}/users/${id}` };
}

/** `reason: logout, sessions: 1`, in the names that the API has. */
function textOf(details: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join(', ') || '–';
}

function eventName(t: Say, type: string): string {
  const key = `event.${type}`;
  const name = t(key);
  return name === key ? type : name;
}

/** A field of a form has no offset; it is in UTC, as all times of the pages. */
function instantOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[\d-]+T\d\d:\d\d$/.test(text) ? `${text}:00Z` : text;
}

function filterOf(t: Say, given: Form): FormField[] {
  const any: [string, string] = ['', t('admin.all')];
  const select = (name: string, values: readonly string[], say: (value: string) => string): FormField => ({
    name,
    type: 'select',
    label: t(`admin.audit.${name}`),
    value: given[name],
    options: [any, ...values.map((value): [string, string] => [value, say(value)])],
  });
  const input = (name: string, type: FormField['type'] = 'text'): FormField => ({
    name,
    type,
    label: t(`admin.audit.${name}`),
    value: given[name],
  });
  return [
    select('type', AUDIT_EVENT_TYPES, (type) => eventName(t, type)),
    select('outcome', AUDIT_OUTCOMES, (outcome) => t(`admin.audit.${outcome}`)),
    input('subject'),
    input('actor'),
    input('ip'),
    input('from', 'datetime-local'),
    input('to', 'datetime-local'),
  ];
}
