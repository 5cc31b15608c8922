import { may, type Viewer } from '../viewer.js';

export const ADMIN_PATH = '/account/admin';

/** The pages of administration that there are for someone: path and word of each. */
export function adminEntries(viewer: Viewer): [path: string, word: string][] {
  const { scopes } = viewer;
  const entries: [boolean, string, string][] = [
    [true, '/account', 'nav'],
    [scopes.includes('users:read'), ADMIN_PATH, 'admin.users'],
    [may(viewer, 'invitations:read'), `${ADMIN_PATH}/invitations`, 'admin.invitations'],
    [may(viewer, 'audit:read'), `${ADMIN_PATH}/audit`, 'admin.audit'],
    [scopes.includes('keys:read'), `${ADMIN_PATH}/keys`, 'admin.keys'],
  ];
  return entries.flatMap(([isOffered, path, word]) => (isOffered ? [[path, word]] : []));
}
