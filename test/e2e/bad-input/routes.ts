import { PASSWORD } from '../../support/api-client.js';

/** A route that reads a body, and a body that is right. */
export interface BodyRoute {
  readonly method: string;
  readonly path: string;
  readonly needsToken: boolean;
  readonly fields: Readonly<Record<string, string>>;
  readonly optional: readonly string[];
  /** Fields that may hold any character, as passwords may. */
  readonly secret: readonly string[];
}

export const BODY_ROUTES: readonly BodyRoute[] = [
  {
    method: 'POST',
    path: '/api/auth/register',
    needsToken: false,
    fields: { name: 'Ada Lovelace', email: 'ada.register@example.com', password: PASSWORD },
    optional: ['name'],
    secret: ['password'],
  },
  {
    method: 'POST',
    path: '/api/auth/login',
    needsToken: false,
    fields: { email: 'ada.login@example.com', password: PASSWORD },
    optional: [],
    secret: ['password'],
  },
  {
    method: 'POST',
    path: '/api/auth/login/challenge',
    needsToken: false,
    fields: { challengeToken: 'lk_ot_x', kind: 'totp', answer: '492039' },
    optional: [],
    secret: ['challengeToken', 'kind', 'answer'],
  },
  {
    method: 'POST',
    path: '/api/auth/refresh',
    needsToken: false,
    fields: { refreshToken: 'lk_rt_x' },
    optional: [],
    secret: ['refreshToken'],
  },
  {
    method: 'PATCH',
    path: '/api/profile',
    needsToken: true,
    fields: { name: 'Ada King' },
    optional: [],
    secret: [],
  },
  {
    method: 'POST',
    path: '/api/auth/password/change',
    needsToken: true,
    fields: { currentPassword: PASSWORD, newPassword: 'purple monkey dishwasher tuesday' },
    optional: [],
    secret: ['currentPassword', 'newPassword'],
  },
  {
    method: 'POST',
    path: '/api/auth/password/forgot',
    needsToken: false,
    fields: { email: 'ada.forgot@example.com' },
    optional: [],
    secret: [],
  },
  {
    method: 'POST',
    path: '/api/auth/password/reset',
    needsToken: false,
    fields: { token: 'lk_ot_x', password: PASSWORD },
    optional: [],
    secret: ['token', 'password'],
  },
  {
    method: 'POST',
    path: '/api/auth/email/verify',
    needsToken: false,
    fields: { token: 'lk_ot_x', password: PASSWORD },
    optional: ['password'],
    secret: ['token', 'password'],
  },
  {
    method: 'POST',
    path: '/api/auth/email/change',
    needsToken: true,
    fields: { email: 'ada.change@example.com', password: PASSWORD },
    optional: [],
    secret: ['password'],
  },
  {
    method: 'POST',
    path: '/api/auth/email/confirm',
    needsToken: false,
    fields: { token: 'lk_ot_x', password: PASSWORD },
    optional: ['password'],
    secret: ['token', 'password'],
  },
  {
    method: 'DELETE',
    path: '/api/profile',
    needsToken: true,
    fields: { password: PASSWORD },
    optional: [],
    secret: ['password'],
  },
  {
    method: 'POST',
    path: '/api/auth/reauthenticate',
    needsToken: true,
    fields: { password: PASSWORD },
    optional: [],
    secret: ['password'],
  },
  {
    method: 'POST',
    path: '/api/auth/register/confirm',
    needsToken: false,
    fields: { token: 'lk_ot_x', password: PASSWORD },
    optional: [],
    secret: ['token', 'password'],
  },
  {
    method: 'POST',
    path: '/api/auth/invitation/accept',
    needsToken: false,
    fields: { token: 'lk_ot_x', name: 'Grace Hopper', password: PASSWORD },
    optional: ['name'],
    secret: ['token', 'password'],
  },
  {
    method: 'POST',
    path: '/api/admin/invitations',
    needsToken: true,
    fields: { email: 'grace.invited@example.com', name: 'Grace Hopper' },
    optional: ['name'],
    secret: [],
  },
];
