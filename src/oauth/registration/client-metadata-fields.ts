/** What of a client's metadata (RFC 7591 section 2, and those of the specifications it is extended by) is kept, and as what. */
export const METADATA_FIELDS = {
  client_name: 'name',
  redirect_uris: 'redirectUris',
  post_logout_redirect_uris: 'postLogoutRedirectUris',
  token_endpoint_auth_method: 'authMethod',
  grant_types: 'grants',
  scope: 'scopes',
  jwks: 'jwks',
  require_pushed_authorization_requests: 'requirePar',
  dpop_bound_access_tokens: 'dpopBound',
  subject_type: 'subjectType',
  backchannel_logout_uri: 'backchannelLogoutUri',
  frontchannel_logout_uri: 'frontchannelLogoutUri',
} as const;

export type MetadataField = keyof typeof METADATA_FIELDS;

/** What is refused where it is given, as the client would count on it, and why. What is not known is ignored, as the RFC has it. */
export const REFUSED_METADATA = {
  jwks_uri: 'is not taken: this server fetches nothing that a client names. Give jwks',
  sector_identifier_uri: 'is not taken: this server fetches nothing that a client names',
  request_uris: 'is not taken: this server fetches nothing that a client names. Push requests (RFC 9126)',
} as const;
