import { Get, Req, Res } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { Role } from '../../users/role.js';
import { PageController } from '../controllers/page-controller.decorator.js';
import { type Form, queryOf } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { PageResponse, Say } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage, withQuery } from './admin-page.js';
import { askList, leftOut } from './asked-list.js';
import { AdminRoles } from './admin-roles.js';
import type { Table } from './section.js';
import { type SeenUser, tagsOf } from './seen-user.js';

const SORTS = ['-createdAt', 'createdAt', 'email', '-email', '-lastLoginAt', 'lastLoginAt'] as const;

interface Found {
  readonly users: SeenUser[];
  readonly nextCursor: string | null;
}

/** Where administration begins: finding a user. */
@PageController()
export class AdminUsersPageController {
  constructor(
    private readonly page: AdminPage,
    private readonly roles: AdminRoles,
  ) {}

  @Get('account/admin')
  async find(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: PageResponse,
  ): Promise<string> {
    const elsewhere = this.page.leadElsewhere(request, response);
    if (elsewhere !== undefined) return elsewhere;
    const query = queryOf(request);
    const { search, role, disabled, verified, sort, cursor } = query;
    const asked = { search, role, disabled, verified, sort };
    const call = {
      route: 'admin/users',
      path: ADMIN_PATH,
      query: { ...asked, cursor },
      others: { limit: '25' },
    };
    const list = await askList(this.page, request, response, call);
    if (typeof list === 'string') return list;
    const { answer, kept, refused, wrong } = list;
    const roles = await this.roles.list(request, response, withQuery(ADMIN_PATH, kept));
    if (typeof roles === 'string') return roles;
    const t = this.page.wordsFor(request);
    const fields = filterOf(t, query, roles);
    const filter = {
      action: ADMIN_PATH,
      fields: refused ? withErrors(t, fields, refused) : fields,
      submit: t('admin.find'),
    };
    return this.page.show(request, response, {
      title: t('admin.users'),
      path: ADMIN_PATH,
      sections: [{ filter, table: this.tableOf(request, answer.body as Found, kept) }],
      refused,
      problem: refused && leftOut(t, wrong, 'admin'),
      notes: ['deleted'],
    });
  }

  private tableOf(
    request: HttpRequest,
    { users, nextCursor }: Found,
    asked: Readonly<Record<string, string | undefined>>,
  ): Table {
    const t = this.page.wordsFor(request);
    return {
      caption: t('admin.users'),
      columns: [t('email'), t('name'), t('admin.roles'), t('admin.created'), t('admin.last-login')],
      rows: users.map((user) => ({
        cells: [
          { text: user.email, href: `${ADMIN_PATH}/users/${user.id}`, tags: tagsOf(t, user) },
          { text: user.name ?? '–' },
          { text: user.roles.join(', ') || '–' },
          this.page.moment(request, user.createdAt),
          this.page.moment(request, user.lastLoginAt),
        ],
      })),
      // Of many users a page may be empty, and there are more.
      none: t(nextCursor === null ? 'admin.users.none' : 'admin.users.none-yet'),
      more: nextCursor === null ? undefined : withQuery(ADMIN_PATH, { ...asked, cursor: nextCursor }),
    };
  }
}

function filterOf(
  t: Say,
  { search, role, disabled, verified, sort }: Form,
  roles: readonly Role[] | undefined,
): FormField[] {
  const either = (name: string, value: string | undefined): FormField => ({
    name,
    type: 'select',
    label: t(`admin.${name}`),
    value,
    options: ['', 'true', 'false'].map((option) => [option, t(`admin.either.${option}`)]),
  });
  return [
    { name: 'search', type: 'text', label: t('admin.search'), value: search },
    roleFilter(t, role, roles),
    either('disabled', disabled),
    either('verified', verified),
    {
      name: 'sort',
      type: 'select',
      label: t('admin.sort'),
      value: sort,
      options: SORTS.map((option) => [option, t(`admin.sort.${option}`)]),
    },
  ];
}

/** The roles that there are; one that is asked for and is not there is asked for again. */
function roleFilter(t: Say, value = '', roles: readonly Role[] | undefined): FormField {
  const field = { name: 'role', label: t('admin.role'), value };
  if (!roles) return { ...field, type: 'text' };
  const names = new Set(['', ...roles.map(({ name }) => name), value]);
  const options = Array.from(names, (name): [string, string] => [name, name || t('admin.all')]);
  return { ...field, type: 'select', options };
}
