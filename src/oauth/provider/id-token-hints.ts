import type { ProviderExtension } from './provider-extensions.js';

/** `typ` of ID tokens, where it is not left out. */
const JWT = 'JWT';

/**
 * Takes ID tokens alone for `id_token_hint`: a logout token, or a signed answer of introspection, has the same issuer, audience
 * and key, and another `typ` (RFC 8725 section 3.11).
 */
export const requireIdTokenHints: ProviderExtension = ({ IdToken }, errors) => {
  const validate = IdToken.validate.bind(IdToken);
  IdToken.validate = async (token, client) => {
    const checked = await validate(token, client);
    const { typ = JWT } = checked.header;
    if (typ !== JWT) throw new errors.InvalidRequest('id_token_hint must be an ID token');
    return checked;
  };
};
