/** The only scope of a token whose holder must change their password first; such a token has no roles. */
export const PASSWORD_CHANGE_SCOPE = 'password:change';
