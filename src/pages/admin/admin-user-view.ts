import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import type { ApiAnswer } from '../api/page-api.js';
import { formOf, queryOf } from '../form-of.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { PageResponse } from '../rendering/page-view.js';
import { may, type Viewer } from '../viewer.js';
import { ADMIN_PATH } from './admin-entries.js';
import { AdminPage, withQuery } from './admin-page.js';
import { AdminRoles } from './admin-roles.js';
import type { Section } from './section.js';
import type { SeenUser } from './seen-user.js';
import { changeSections, helpSections, mayChange } from './user-changes.js';

const NOTES = ['reset', 'ended', 'changed', 'unlocked'];

/** A session as the API tells of it. */
interface SeenSession {
  readonly id: string;
  readonly device: string | null;
  readonly clientName: string | null;
  readonly ip: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
}

export function userPath(id: string): string {
  return `${ADMIN_PATH}/users/${id}`;
}

/** The page of a user, with what its viewer may do. */
@Injectable()
export class AdminUserView {
  constructor(
    private readonly page: AdminPage,
    private readonly roles: AdminRoles,
    private readonly own: OwnFieldInputs,
  ) {}

  /** @param refused what the API would not do */
  async show(request: HttpRequest, response: PageResponse, id: string, refused?: ApiAnswer): Promise<string> {
    const path = userPath(id);
    const found = await this.page.ask(request, response, `admin/users/${id}`, path);
    if (typeof found === 'string') return found;
    const viewer = this.page.viewerOf(request);
    const sections = viewer.scopes.includes('sessions:read')
      ? await this.sessionsOf(request, response, id)
      : [];
    if (typeof sections === 'string') return sections;
    const user = found.body as SeenUser;
    const mayWrite = mayChange(viewer, user);
    const roles = await this.roles.list(request, response, path);
    if (typeof roles === 'string') return roles;
    const t = this.page.wordsFor(request);
    const typed = refused ? formOf(request) : {};
    const own = this.own.inputs(user, 'admin');
    const seen = { user, etag: found.etag, path, typed, refused, roles, own };
    return this.page.show(request, response, {
      title: user.name ?? user.email,
      path: ADMIN_PATH,
      sections: [
        this.detailsOf(request, user, viewer),
        ...(mayWrite ? changeSections(t, viewer, seen) : []),
        ...sections,
        ...(mayWrite ? helpSections(t, viewer, user, path) : []),
      ],
      refused,
      // The user is there, so it is the session that is not.
      problem: refused?.status === 404 ? t('admin.gone.session') : undefined,
      notes: NOTES,
    });
  }

  private detailsOf(request: HttpRequest, user: SeenUser, viewer: Viewer): Section {
    const t = this.page.wordsFor(request);
    const at = (iso: string | null) => this.page.moment(request, iso).text;
    const email = t(user.emailVerified ? 'profile.email.verified' : 'profile.email.unverified', {
      email: user.email,
    });
    return {
      details: [
        [t('email'), email],
        [t('name'), user.name ?? '–'],
        [t('admin.roles'), user.roles.join(', ') || '–'],
        ...this.own.shown(t, user),
        [t('admin.state'), t(user.disabled ? 'admin.is-disabled' : 'admin.is-enabled')],
        [t('admin.created'), at(user.createdAt)],
        [t('admin.last-login'), at(user.lastLoginAt)],
        ['ID', user.id],
      ],
      ...(may(viewer, 'audit:read') && {
        links: [
          { href: withQuery(`${ADMIN_PATH}/audit`, { subject: user.id }), text: t('admin.audit.of-user') },
        ],
      }),
    };
  }

  private async sessionsOf(
    request: HttpRequest,
    response: PageResponse,
    id: string,
  ): Promise<Section[] | string> {
    const path = userPath(id);
    const { cursor } = queryOf(request);
    const route = withQuery(`admin/users/${id}/sessions`, { cursor });
    const answer = await this.page.ask(request, response, route, withQuery(path, { cursor }));
    if (typeof answer === 'string') return answer;
    if (answer.problem)
      return cursor === undefined
        ? this.page.refuse(request, response, answer)
        : this.page.restart(response, path);
    const t = this.page.wordsFor(request);
    const mayEnd = this.page.viewerOf(request).scopes.includes('sessions:write');
    const sessions = answer.body as SeenSession[];
    const table = {
      caption: t('admin.sessions'),
      columns: [t('admin.device'), t('admin.ip'), t('admin.since'), t('admin.last-used')],
      rows: sessions.map((session) => {
        const device = session.clientName ?? session.device ?? t('sessions.unknown');
        return {
          cells: [
            { text: device },
            { text: session.ip ?? '–' },
            this.page.moment(request, session.createdAt),
            this.page.moment(request, session.lastUsedAt),
          ],
          action: mayEnd
            ? {
                action: `${path}/sessions/end`,
                text: t('admin.end'),
                label: t('admin.end-one', { device }),
                hidden: { session: session.id },
              }
            : undefined,
        };
      }),
      none: t('admin.sessions.none'),
      more: answer.next && withQuery(path, { cursor: answer.next }),
    };
    const form = { action: `${path}/sessions/end-all`, fields: [], submit: t('admin.end-all'), danger: true };
    return [{ heading: t('admin.sessions'), table }, ...(mayEnd && sessions.length > 0 ? [{ form }] : [])];
  }
}
