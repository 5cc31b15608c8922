/** Claims of ID tokens and of userinfo, by the scope that asks for them (OpenID Connect Core section 5.4). */
export const SCOPE_CLAIMS = {
  openid: ['sub', 'auth_time', 'amr', 'acr'],
  profile: ['name', 'updated_at'],
  email: ['email', 'email_verified'],
  roles: ['roles'],
  sid: null,
} as const;
