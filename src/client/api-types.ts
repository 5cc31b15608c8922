// Written by `npm run client-types` from the OpenAPI document of the server, and not by hand.
// oxlint-disable max-lines

/** `AcceptInvitationDto` of the OpenAPI document. */
export interface AcceptInvitationDto {
  /** What follows `#token=` in the mailed link. */
  readonly token: string;
  readonly name?: string | null | undefined;
  readonly password: string;
}

/** `AccountExportModel` of the OpenAPI document. */
export interface AccountExportModel {
  readonly exportedAt: string;
  readonly profile: ExportedProfileModel;
  /** Open ones, then at most 1,000 that ended or expired and are still kept (a day, or with `SESSION_STORE=redis` until they would have expired, the last 100 that were ended). */
  readonly sessions: readonly ExportedSessionModel[];
  /** Links that were mailed and can still be used. */
  readonly pendingLinks: readonly ExportedLinkModel[];
  /** Devices that have logged in, by which new ones are told: kept as keyed hashes, and these times. */
  readonly knownDevices: readonly ExportedDeviceModel[];
  /** Accounts that are kept elsewhere, e.g. in a directory, and log in as you. */
  readonly linkedIdentities: readonly ExportedIdentityModel[];
  /** What you allowed other applications. */
  readonly consents: readonly ExportedConsentModel[];
  /** What happened to the account, and what you did; the newest 1,000. */
  readonly auditEvents: readonly OwnAuditEventModel[];
  /** To read older events with, as `cursor` of your audit log; null where there are none. */
  readonly olderAuditEvents: string | null;
}

/** `AdminOverviewModel` of the OpenAPI document. */
export interface AdminOverviewModel {
  readonly message: string;
  /** How many users there are. */
  readonly users: number;
}

/** `AdminUserModel` of the OpenAPI document. */
export interface AdminUserModel {
  readonly id: string;
  readonly name: string | null;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly createdAt: string;
  /** Cannot log in. */
  readonly disabled: boolean;
  /** When a session was last opened; null: not since that is remembered. */
  readonly lastLoginAt: string | null;
  readonly updatedAt: string;
}

/** `AdminUserPageModel` of the OpenAPI document. */
export interface AdminUserPageModel {
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
  /** `limit` at most. Fewer, or none, do not mean that there are no more: `nextCursor` does. */
  readonly users: readonly AdminUserModel[];
}

/** `AuditActorModel` of the OpenAPI document. */
export interface AuditActorModel {
  readonly kind: 'user' | 'operator' | 'system' | 'anonymous';
  readonly id: string | null;
}

/** `AuditDetailsModel` of the OpenAPI document. */
export interface AuditDetailsModel {
  /** Why it failed, or why a session ended. */
  readonly reason?: string | undefined;
  readonly reuse?: 'recent' | 'stale' | undefined;
  readonly role?: string | undefined;
  /** How many sessions were ended. */
  readonly sessions?: number | undefined;
  /** How many users were imported at once, or exported. */
  readonly users?: number | undefined;
  /** Whether an export has password hashes. */
  readonly hashes?: boolean | undefined;
  /** A keyed hash of the e-mail address given. */
  readonly identifier?: string | undefined;
  /** The same of the address before. */
  readonly previousIdentifier?: string | undefined;
  readonly kid?: string | undefined;
  /** Of an OAuth client. */
  readonly clientId?: string | undefined;
  /** Of a token by which OAuth clients register. */
  readonly initialAccessTokenId?: string | undefined;
  /** Its `jti`; or `all`. */
  readonly tokenId?: string | undefined;
  /** Fields that were changed. */
  readonly fields?: readonly string[] | undefined;
  /** Their new values, of those declared as harmless; null: taken back. */
  readonly values?: Record<string, unknown> | undefined;
  /** The credential strategy of the application's own that knew the password. */
  readonly strategy?: string | undefined;
  /** Why the login gate denied a login. */
  readonly denial?: string | undefined;
  /** How a user showed who they are, where the login gate asked for more than the credential. */
  readonly methods?: readonly string[] | undefined;
}

/** `AuditEventModel` of the OpenAPI document. */
export interface AuditEventModel {
  readonly occurredAt: string;
  readonly type: AuditEventType;
  readonly outcome: 'success' | 'failure';
  readonly sessionId: string | null;
  readonly ip: string | null;
  readonly id: string;
  /** Who did it. */
  readonly actor: AuditActorModel;
  /** Id of the user whom it happened to. */
  readonly subject: string | null;
  readonly userAgent: string | null;
  /** `X-Request-Id` of the answer, and in the logs. */
  readonly requestId: string | null;
  readonly details: AuditDetailsModel;
}

/** `AuditEventType` of the OpenAPI document. */
export type AuditEventType =
  | 'login.succeeded'
  | 'login.failed'
  | 'login.challenged'
  | 'account.throttled'
  | 'rate_limit.exceeded'
  | 'csrf.rejected'
  | 'session.ended'
  | 'session.all_ended'
  | 'session.reauthenticated'
  | 'session.refresh_reused'
  | 'session.refresh_refused'
  | 'token.revoked'
  | 'grant.opened'
  | 'registration.requested'
  | 'user.registered'
  | 'user.invited'
  | 'user.changed'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.deleted'
  | 'user.unlocked'
  | 'user.exported'
  | 'user.fields_changed'
  | 'users.imported'
  | 'users.exported'
  | 'identity.linked'
  | 'invitation.accepted'
  | 'invitation.withdrawn'
  | 'admin.created'
  | 'admin.password_renewed'
  | 'role.granted'
  | 'role.withdrawn'
  | 'role.created'
  | 'role.changed'
  | 'role.deleted'
  | 'password.changed'
  | 'password.reset_requested'
  | 'password.reset'
  | 'email.verification_requested'
  | 'email.verified'
  | 'email.change_requested'
  | 'email.changed'
  | 'signing_key.rotated'
  | 'signing_key.revoked'
  | 'client.created'
  | 'client.changed'
  | 'client.deleted'
  | 'client.secret_rotated'
  | 'initial_access_token.created'
  | 'initial_access_token.revoked'
  | 'consent.given'
  | 'consent.withdrawn'
  | 'device.allowed'
  | 'device.denied'
  | 'token.exchanged';

/** `AuditPageModel` of the OpenAPI document. */
export interface AuditPageModel {
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
  /** The newest first. */
  readonly events: readonly AuditEventModel[];
  /** With `addresses=true`: the users that the events name, of those who are there still. */
  readonly users?: readonly NamedUserModel[] | undefined;
}

/** `ChangeClientDto` of the OpenAPI document. */
export interface ChangeClientDto {
  /** It is of your own: users are not asked for consent. Needs `admins:write`. */
  readonly firstParty?: boolean | undefined;
  readonly grants?:
    | readonly (
        | 'authorization_code'
        | 'refresh_token'
        | 'client_credentials'
        | 'urn:ietf:params:oauth:grant-type:device_code'
        | 'urn:ietf:params:oauth:grant-type:token-exchange'
      )[]
    | undefined;
  /** To the letter: https, http on a loopback address, or of a scheme of its own with a dot. */
  readonly redirectUris?: readonly string[] | undefined;
  /** The same after logout. */
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  /** All that it may ask for. */
  readonly scopes?: readonly string[] | undefined;
  /** Of its pages that ask by script (CORS). */
  readonly origins?: readonly string[] | undefined;
  /** Resources that it may ask tokens for (RFC 8707). */
  readonly audiences?: readonly string[] | undefined;
  /** How it shows who it is. Default: as its type has it. */
  readonly authMethod?: 'none' | 'client_secret_basic' | 'private_key_jwt' | undefined;
  /** Its public keys (RFC 7517), for `private_key_jwt`. */
  readonly jwks?: Record<string, unknown> | null | undefined;
  /** It must push its authorization requests (RFC 9126). */
  readonly requirePar?: boolean | undefined;
  /** Its access tokens are always bound to a key (RFC 9449). */
  readonly dpopBound?: boolean | undefined;
  /** `pairwise`: it sees ids of users that no other client sees. */
  readonly subjectType?: 'public' | 'pairwise' | undefined;
  /** The host that pairwise ids are made for. */
  readonly sector?: string | null | undefined;
  /** Where it is told of a logout. */
  readonly backchannelLogoutUri?: string | null | undefined;
  /** The same in the browser. */
  readonly frontchannelLogoutUri?: string | null | undefined;
  /** Seconds; null, and what is longer: `ACCESS_TOKEN_TTL`. */
  readonly accessTokenTtl?: number | null | undefined;
  /** Seconds that what a user granted to it lasts unused; null, and what is longer: `REFRESH_TOKEN_TTL`. */
  readonly refreshTokenTtl?: number | null | undefined;
  /** Seconds that it lasts at all; null, and what is longer: `SESSION_MAX_AGE`. */
  readonly grantMaxAge?: number | null | undefined;
  /** It gets no tokens. */
  readonly disabled?: boolean | undefined;
  /** For people. */
  readonly name?: string | undefined;
  /** `public`: it can keep no secret, as on the device of its user. */
  readonly type?: 'public' | 'confidential' | undefined;
}

/** `ChangeEmailDto` of the OpenAPI document. */
export interface ChangeEmailDto {
  readonly email: string;
  readonly password: string;
}

/** `ChangePasswordDto` of the OpenAPI document. */
export interface ChangePasswordDto {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** `ChangeRoleDto` of the OpenAPI document. */
export interface ChangeRoleDto {
  /** Names as RFC 6749 has them, of which the caller must have each. */
  readonly scopes: readonly string[];
  readonly description?: string | undefined;
}

/** `ChangeUserDto` of the OpenAPI document. */
export interface ChangeUserDto {
  readonly name?: string | null | undefined;
  /** It counts as not verified. */
  readonly email?: string | undefined;
  /** Whether the e-mail address counts as proved. */
  readonly emailVerified?: boolean | undefined;
  /** Disabled users cannot log in; their sessions end. */
  readonly disabled?: boolean | undefined;
  /** All that the user has then. Needs `roles:write`, and every scope of the roles that change. */
  readonly roles?: readonly string[] | undefined;
}

/** `ClientModel` of the OpenAPI document. */
export interface ClientModel {
  /** `client_id`. */
  readonly id: string;
  readonly name: string;
  readonly type: 'public' | 'confidential';
  readonly firstParty: boolean;
  readonly grants: readonly (
    | 'authorization_code'
    | 'refresh_token'
    | 'client_credentials'
    | 'urn:ietf:params:oauth:grant-type:device_code'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
  )[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly origins: readonly string[];
  readonly audiences: readonly string[];
  readonly authMethod: 'none' | 'client_secret_basic' | 'private_key_jwt';
  readonly jwks: Record<string, unknown> | null;
  readonly requirePar: boolean;
  readonly dpopBound: boolean;
  readonly subjectType: 'public' | 'pairwise';
  readonly sector: string | null;
  readonly backchannelLogoutUri: string | null;
  readonly frontchannelLogoutUri: string | null;
  /** Seconds. */
  readonly accessTokenTtl: number | null;
  /** Seconds. */
  readonly refreshTokenTtl: number | null;
  /** Seconds. */
  readonly grantMaxAge: number | null;
  readonly disabled: boolean;
  /** `OAUTH_CLIENTS_FILE` says what it is. */
  readonly fixed: boolean;
  /** Id of the initial access token by which it registered itself; null: it did not. */
  readonly registeredWith: string | null;
  /** Those that are good, the latest first. */
  readonly secrets: readonly ClientSecretModel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** `ClientPageModel` of the OpenAPI document. */
export interface ClientPageModel {
  /** In the order in which they were made. */
  readonly clients: readonly ClientModel[];
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
}

/** `ClientSecretModel` of the OpenAPI document. */
export interface ClientSecretModel {
  readonly createdAt: string;
  /** Null: no end is set. */
  readonly expiresAt: string | null;
}

/** `ConfirmRegistrationDto` of the OpenAPI document. */
export interface ConfirmRegistrationDto {
  /** What follows `#token=` in the mailed link. */
  readonly token: string;
  readonly name?: string | null | undefined;
  readonly password: string;
}

/** `ConsentDto` of the OpenAPI document. */
export interface ConsentDto {
  /** Each must be one that the client may have. */
  readonly scopes: readonly string[];
}

/** `ConsentModel` of the OpenAPI document. */
export interface ConsentModel {
  readonly clientId: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
}

/** `CookieSignedInModel` of the OpenAPI document. */
export interface CookieSignedInModel {
  readonly tokenType: 'Bearer';
  /** Seconds the access cookie is good for. */
  readonly expiresIn: number;
  /** For the header `X-CSRF-Token` of requests that change something; the same for the whole session. */
  readonly csrfToken: string;
  readonly user: UserModel;
}

/** `CookieTokensModel` of the OpenAPI document. */
export interface CookieTokensModel {
  readonly tokenType: 'Bearer';
  /** Seconds the access cookie is good for. */
  readonly expiresIn: number;
  /** For the header `X-CSRF-Token` of requests that change something; the same for the whole session. */
  readonly csrfToken: string;
}

/** `CreateClientDto` of the OpenAPI document. */
export interface CreateClientDto {
  /** It is of your own: users are not asked for consent. Needs `admins:write`. */
  readonly firstParty?: boolean | undefined;
  readonly grants?:
    | readonly (
        | 'authorization_code'
        | 'refresh_token'
        | 'client_credentials'
        | 'urn:ietf:params:oauth:grant-type:device_code'
        | 'urn:ietf:params:oauth:grant-type:token-exchange'
      )[]
    | undefined;
  /** To the letter: https, http on a loopback address, or of a scheme of its own with a dot. */
  readonly redirectUris?: readonly string[] | undefined;
  /** The same after logout. */
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  /** All that it may ask for. */
  readonly scopes?: readonly string[] | undefined;
  /** Of its pages that ask by script (CORS). */
  readonly origins?: readonly string[] | undefined;
  /** Resources that it may ask tokens for (RFC 8707). */
  readonly audiences?: readonly string[] | undefined;
  /** How it shows who it is. Default: as its type has it. */
  readonly authMethod?: 'none' | 'client_secret_basic' | 'private_key_jwt' | undefined;
  /** Its public keys (RFC 7517), for `private_key_jwt`. */
  readonly jwks?: Record<string, unknown> | null | undefined;
  /** It must push its authorization requests (RFC 9126). */
  readonly requirePar?: boolean | undefined;
  /** Its access tokens are always bound to a key (RFC 9449). */
  readonly dpopBound?: boolean | undefined;
  /** `pairwise`: it sees ids of users that no other client sees. */
  readonly subjectType?: 'public' | 'pairwise' | undefined;
  /** The host that pairwise ids are made for. */
  readonly sector?: string | null | undefined;
  /** Where it is told of a logout. */
  readonly backchannelLogoutUri?: string | null | undefined;
  /** The same in the browser. */
  readonly frontchannelLogoutUri?: string | null | undefined;
  /** Seconds; null, and what is longer: `ACCESS_TOKEN_TTL`. */
  readonly accessTokenTtl?: number | null | undefined;
  /** Seconds that what a user granted to it lasts unused; null, and what is longer: `REFRESH_TOKEN_TTL`. */
  readonly refreshTokenTtl?: number | null | undefined;
  /** Seconds that it lasts at all; null, and what is longer: `SESSION_MAX_AGE`. */
  readonly grantMaxAge?: number | null | undefined;
  /** It gets no tokens. */
  readonly disabled?: boolean | undefined;
  /** For people. */
  readonly name: string;
  /** `public`: it can keep no secret, as on the device of its user. */
  readonly type: 'public' | 'confidential';
}

/** `CreateInitialAccessTokenDto` of the OpenAPI document. */
export interface CreateInitialAccessTokenDto {
  /** For people: whom it is given to. */
  readonly name: string;
  readonly grants?:
    | readonly (
        | 'authorization_code'
        | 'refresh_token'
        | 'client_credentials'
        | 'urn:ietf:params:oauth:grant-type:device_code'
        | 'urn:ietf:params:oauth:grant-type:token-exchange'
      )[]
    | undefined;
  /** All that a client of it may ask for. */
  readonly scopes?: readonly string[] | undefined;
  /** How many clients register with it. */
  readonly uses?: number | undefined;
  /** How long it is good; a day if nothing is said. */
  readonly expiresInSeconds?: number | undefined;
}

/** `CreateRoleDto` of the OpenAPI document. */
export interface CreateRoleDto {
  /** Names as RFC 6749 has them, of which the caller must have each. */
  readonly scopes: readonly string[];
  readonly description?: string | undefined;
  readonly name: string;
}

/** `CreatedClientModel` of the OpenAPI document. */
export interface CreatedClientModel {
  /** `client_id`. */
  readonly id: string;
  readonly name: string;
  readonly type: 'public' | 'confidential';
  readonly firstParty: boolean;
  readonly grants: readonly (
    | 'authorization_code'
    | 'refresh_token'
    | 'client_credentials'
    | 'urn:ietf:params:oauth:grant-type:device_code'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
  )[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly origins: readonly string[];
  readonly audiences: readonly string[];
  readonly authMethod: 'none' | 'client_secret_basic' | 'private_key_jwt';
  readonly jwks: Record<string, unknown> | null;
  readonly requirePar: boolean;
  readonly dpopBound: boolean;
  readonly subjectType: 'public' | 'pairwise';
  readonly sector: string | null;
  readonly backchannelLogoutUri: string | null;
  readonly frontchannelLogoutUri: string | null;
  /** Seconds. */
  readonly accessTokenTtl: number | null;
  /** Seconds. */
  readonly refreshTokenTtl: number | null;
  /** Seconds. */
  readonly grantMaxAge: number | null;
  readonly disabled: boolean;
  /** `OAUTH_CLIENTS_FILE` says what it is. */
  readonly fixed: boolean;
  /** Id of the initial access token by which it registered itself; null: it did not. */
  readonly registeredWith: string | null;
  /** Those that are good, the latest first. */
  readonly secrets: readonly ClientSecretModel[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Shown this once. */
  readonly secret?: string | undefined;
}

/** `CreatedInitialAccessTokenModel` of the OpenAPI document. */
export interface CreatedInitialAccessTokenModel {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly (
    | 'authorization_code'
    | 'refresh_token'
    | 'client_credentials'
    | 'urn:ietf:params:oauth:grant-type:device_code'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
  )[];
  readonly scopes: readonly string[];
  readonly uses: number;
  /** 0: it is used up. */
  readonly usesLeft: number;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Shown this once. */
  readonly token: string;
}

/** `CsrfTokenModel` of the OpenAPI document. */
export interface CsrfTokenModel {
  /** Null where there is no session in cookies. */
  readonly csrfToken: string | null;
}

/** `DeleteAccountDto` of the OpenAPI document. */
export interface DeleteAccountDto {
  readonly password: string;
}

/** `DeviceAnswerDto` of the OpenAPI document. */
export interface DeviceAnswerDto {
  /** As the device shows it. Case, dashes and spaces do not count. */
  readonly userCode: string;
  /** Whether the device gets what it asks for. */
  readonly allow: boolean;
}

/** `DeviceRequestModel` of the OpenAPI document. */
export interface DeviceRequestModel {
  readonly clientId: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Where its tokens are for (RFC 8707); null: it names none. */
  readonly resource: string | null;
  /** Address that it asks from. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly expiresAt: string;
}

/** Stable; what programs compare. */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'MALFORMED_JSON'
  | 'ONE_TIME_TOKEN_INVALID'
  | 'PASSWORD_REJECTED'
  | 'TOKEN_MISSING'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'DPOP_PROOF_INVALID'
  | 'DPOP_NONCE_REQUIRED'
  | 'INVALID_CREDENTIALS'
  | 'CREDENTIAL_INVALID'
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'REFRESH_TOKEN_REUSED'
  | 'SESSION_ENDED'
  | 'CREDENTIALS_NEEDED'
  | 'LOGIN_CHALLENGE_REQUIRED'
  | 'LOGIN_CHALLENGE_INVALID'
  | 'LOGIN_CHALLENGE_FAILED'
  | 'INSUFFICIENT_ROLE'
  | 'INSUFFICIENT_SCOPE'
  | 'USER_REQUIRED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'ACCOUNT_DISABLED'
  | 'LOGIN_DENIED'
  | 'CSRF_REJECTED'
  | 'REGISTRATION_CLOSED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'EMAIL_TAKEN'
  | 'FIELD_TAKEN'
  | 'CONFLICT'
  | 'NO_LOCAL_PASSWORD'
  | 'LAST_ADMINISTRATOR'
  | 'ROLE_TAKEN'
  | 'ROLE_IN_USE'
  | 'ROLE_PROTECTED'
  | 'CLIENT_PROTECTED'
  | 'CLIENT_WITHOUT_SECRET'
  | 'REQUEST_TIMEOUT'
  | 'PRECONDITION_FAILED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'PRECONDITION_REQUIRED'
  | 'RATE_LIMITED'
  | 'ACCOUNT_THROTTLED'
  | 'HEADERS_TOO_LARGE'
  | 'INTERNAL'
  | 'NOT_SUPPORTED'
  | 'UNAVAILABLE';

/** `ExportedConsentModel` of the OpenAPI document. */
export interface ExportedConsentModel {
  readonly clientId: string;
  /** What the application is called. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
}

/** `ExportedDeviceModel` of the OpenAPI document. */
export interface ExportedDeviceModel {
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** `ExportedIdentityModel` of the OpenAPI document. */
export interface ExportedIdentityModel {
  /** What knows the account, and your password. */
  readonly strategy: string;
  /** As what it is known there. */
  readonly externalId: string;
  readonly createdAt: string;
}

/** `ExportedLinkModel` of the OpenAPI document. */
export interface ExportedLinkModel {
  /** What the link that was mailed is good for. */
  readonly purpose: string;
  /** The new address, of a change of address. */
  readonly email: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** `ExportedProfileModel` of the OpenAPI document. */
export interface ExportedProfileModel {
  readonly id: string;
  readonly name: string | null;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly createdAt: string;
  readonly emailVerifiedAt: string | null;
  readonly updatedAt: string;
  /** What else a team keeps of you. */
  readonly attributes: Record<string, unknown>;
}

/** `ExportedSessionModel` of the OpenAPI document. */
export interface ExportedSessionModel {
  readonly id: string;
  /** As people call it, from the user agent; null if it cannot be told. */
  readonly device: string | null;
  /** The user agent it was opened with, at most 256 characters of it. */
  readonly userAgent: string | null;
  /** The address it was opened from. */
  readonly ip: string | null;
  /** The OAuth client that it was granted to; null: it was opened here. */
  readonly clientId: string | null;
  /** What that client is called. */
  readonly clientName: string | null;
  readonly createdAt: string;
  /** The last log-in or refresh. */
  readonly lastUsedAt: string;
  /** Whether it is the session of the token that asks. */
  readonly current: boolean;
  /** When it ends at the latest. */
  readonly expiresAt: string;
  /** Null while it has not been ended. */
  readonly endedAt: string | null;
}

/** `FieldErrorModel` of the OpenAPI document. */
export interface FieldErrorModel {
  /** The field's path in the body; empty for the body itself. */
  readonly field: string;
  readonly message: string;
}

/** `ForgotPasswordDto` of the OpenAPI document. */
export interface ForgotPasswordDto {
  readonly email: string;
}

/** `HealthModel` of the OpenAPI document. */
export interface HealthModel {
  readonly status: 'ok';
}

/** `InitialAccessTokenModel` of the OpenAPI document. */
export interface InitialAccessTokenModel {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly (
    | 'authorization_code'
    | 'refresh_token'
    | 'client_credentials'
    | 'urn:ietf:params:oauth:grant-type:device_code'
    | 'urn:ietf:params:oauth:grant-type:token-exchange'
  )[];
  readonly scopes: readonly string[];
  readonly uses: number;
  /** 0: it is used up. */
  readonly usesLeft: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** `InitialAccessTokenPageModel` of the OpenAPI document. */
export interface InitialAccessTokenPageModel {
  /** In the order in which they were made. */
  readonly tokens: readonly InitialAccessTokenModel[];
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
}

/** `InvitationModel` of the OpenAPI document. */
export interface InvitationModel {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  /** Id of the administrator. */
  readonly invitedBy: string | null;
  readonly createdAt: string;
  /** Until when it can be accepted. */
  readonly expiresAt: string;
}

/** `InvitationPageModel` of the OpenAPI document. */
export interface InvitationPageModel {
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
  /** The latest first. */
  readonly invitations: readonly InvitationModel[];
}

/** `InviteDto` of the OpenAPI document. */
export interface InviteDto {
  readonly email: string;
  readonly name?: string | null | undefined;
}

/** `InvitedModel` of the OpenAPI document. */
export interface InvitedModel {
  readonly id: string;
}

/** `JwksModel` of the OpenAPI document. */
export interface JwksModel {
  /** Public keys (RFC 7517 section 4); empty with HS256, whose secret is never published. */
  readonly keys: readonly Record<string, unknown>[];
}

/** `LoginChallengeDto` of the OpenAPI document. */
export interface LoginChallengeDto {
  /** `challengeToken` of the answer `LOGIN_CHALLENGE_REQUIRED`. */
  readonly challengeToken: string;
  /** `kind` of the challenge that is answered. */
  readonly kind: string;
  /** What that kind asks for: a code, or JSON. */
  readonly answer: string;
}

/** `LoginDto` of the OpenAPI document. */
export interface LoginDto {
  readonly email: string;
  readonly password: string;
}

/** `NamedUserModel` of the OpenAPI document. */
export interface NamedUserModel {
  readonly id: string;
  readonly email: string;
}

/** `OfferedChallengeModel` of the OpenAPI document. */
export interface OfferedChallengeModel {
  /** The one that is answered names it. */
  readonly kind: string;
  /** What a client needs to answer it. */
  readonly parameters: Record<string, unknown>;
}

/** `OwnAuditEventModel` of the OpenAPI document. */
export interface OwnAuditEventModel {
  readonly occurredAt: string;
  readonly type: AuditEventType;
  readonly outcome: 'success' | 'failure';
  readonly sessionId: string | null;
  readonly ip: string | null;
  /** `unknown`: a caller who did not authenticate. */
  readonly by: 'you' | 'unknown' | 'the service';
  /** The user agent. */
  readonly device: string | null;
  /** Why it failed, or why a session ended. */
  readonly reason: string | null;
}

/** `OwnAuditPageModel` of the OpenAPI document. */
export interface OwnAuditPageModel {
  /** To ask for the next page with; null on the last one. */
  readonly nextCursor: string | null;
  /** The newest first. */
  readonly events: readonly OwnAuditEventModel[];
}

/** `ProblemModel` of the OpenAPI document. */
export interface ProblemModel {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable; what programs compare. */
  readonly code: ErrorCode;
  /** Only with VALIDATION_FAILED, PASSWORD_REJECTED and FIELD_TAKEN. */
  readonly errors?: readonly FieldErrorModel[] | undefined;
  /** Only with LOGIN_DENIED: a code of the application's own. */
  readonly reason?: string | undefined;
  /** Only with LOGIN_CHALLENGE_REQUIRED: for `POST /api/auth/login/challenge`. */
  readonly challengeToken?: string | undefined;
  /** Only with LOGIN_CHALLENGE_REQUIRED: one of them has to be answered. */
  readonly challenges?: readonly OfferedChallengeModel[] | undefined;
  /** Only with LOGIN_CHALLENGE_REQUIRED: seconds that the token is good for. */
  readonly expiresIn?: number | undefined;
  /** Only with UNAVAILABLE of `GET /health/ready`: how each check came out. */
  readonly checks?: Record<string, unknown> | undefined;
}

/** `ProvedTokenDto` of the OpenAPI document. */
export interface ProvedTokenDto {
  /** What follows `#token=` in the mailed link. */
  readonly token: string;
  /** Of the account; not needed with an access token of it. */
  readonly password?: string | undefined;
}

/** `ReadinessChecksModel` of the OpenAPI document. */
export interface ReadinessChecksModel {
  /** It has not been told to stop. */
  readonly accepting: 'ok' | 'busy' | 'failed';
  /** The database answers and takes writes. */
  readonly database: 'ok' | 'busy' | 'failed';
  /** The store of the sessions answers and takes writes. */
  readonly sessions: 'ok' | 'busy' | 'failed';
  /** It is known which signing keys are good. */
  readonly keys: 'ok' | 'busy' | 'failed';
  /** It is known what is revoked. */
  readonly revocations: 'ok' | 'busy' | 'failed';
  /** Passwords are hashed. `busy`: as many wait as may, and logins are told to come again. */
  readonly hashQueue: 'ok' | 'busy' | 'failed';
}

/** `ReadinessModel` of the OpenAPI document. */
export interface ReadinessModel {
  readonly status: 'ok';
  readonly checks: ReadinessChecksModel;
}

/** `ReauthenticateDto` of the OpenAPI document. */
export interface ReauthenticateDto {
  readonly password: string;
}

/** `RefreshDto` of the OpenAPI document. */
export interface RefreshDto {
  /** Needed, but for cookie mode. */
  readonly refreshToken?: string | undefined;
}

/** `RegisterDto` of the OpenAPI document. */
export interface RegisterDto {
  readonly name?: string | null | undefined;
  readonly email: string;
  readonly password: string;
}

/** `ResetPasswordDto` of the OpenAPI document. */
export interface ResetPasswordDto {
  /** What follows `#token=` in the mailed link. */
  readonly token: string;
  readonly password: string;
}

/** `RoleModel` of the OpenAPI document. */
export interface RoleModel {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly description: string;
}

/** `RotateSecretDto` of the OpenAPI document. */
export interface RotateSecretDto {
  /** How long the secrets of before stay good; 0: they end at once. */
  readonly overlapSeconds?: number | undefined;
}

/** `RotatedSecretModel` of the OpenAPI document. */
export interface RotatedSecretModel {
  /** `client_id`. */
  readonly id: string;
  /** Shown this once. */
  readonly secret: string;
  /** Those that are good, the latest first. */
  readonly secrets: readonly ClientSecretModel[];
}

/** `SessionFields` of the OpenAPI document. */
export interface SessionFields {
  readonly id: string;
  /** As people call it, from the user agent; null if it cannot be told. */
  readonly device: string | null;
  /** The user agent it was opened with, at most 256 characters of it. */
  readonly userAgent: string | null;
  /** The address it was opened from. */
  readonly ip: string | null;
  /** The OAuth client that it was granted to; null: it was opened here. */
  readonly clientId: string | null;
  /** What that client is called. */
  readonly clientName: string | null;
  readonly createdAt: string;
  /** The last log-in or refresh. */
  readonly lastUsedAt: string;
}

/** `SessionModel` of the OpenAPI document. */
export interface SessionModel {
  readonly id: string;
  /** As people call it, from the user agent; null if it cannot be told. */
  readonly device: string | null;
  /** The user agent it was opened with, at most 256 characters of it. */
  readonly userAgent: string | null;
  /** The address it was opened from. */
  readonly ip: string | null;
  /** The OAuth client that it was granted to; null: it was opened here. */
  readonly clientId: string | null;
  /** What that client is called. */
  readonly clientName: string | null;
  readonly createdAt: string;
  /** The last log-in or refresh. */
  readonly lastUsedAt: string;
  /** Whether it is the session of the token that asks. */
  readonly current: boolean;
}

/** `SignedInModel` of the OpenAPI document. */
export interface SignedInModel {
  /** A JWT (RFC 9068), to be sent as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Opaque; good for one use, which answers the next one. */
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds the access token is good for. */
  readonly expiresIn: number;
  readonly user: UserModel;
}

/** `SigningKeyModel` of the OpenAPI document. */
export interface SigningKeyModel {
  readonly kid: string;
  readonly alg: string;
  readonly state: 'pending' | 'signing' | 'verifying' | 'expired' | 'revoked';
  readonly signsFrom: string;
  /** Null: no end is set. */
  readonly signsUntil: string | null;
  /** Null: no end is set. */
  readonly verifiesUntil: string | null;
}

/** `TokenPairModel` of the OpenAPI document. */
export interface TokenPairModel {
  /** A JWT (RFC 9068), to be sent as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Opaque; good for one use, which answers the next one. */
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds the access token is good for. */
  readonly expiresIn: number;
}

/** `UpdateProfileDto` of the OpenAPI document. */
export interface UpdateProfileDto {
  readonly name: string | null;
}

/** `UserCodeDto` of the OpenAPI document. */
export interface UserCodeDto {
  /** As the device shows it. Case, dashes and spaces do not count. */
  readonly userCode: string;
}

/** `UserModel` of the OpenAPI document. */
export interface UserModel {
  readonly id: string;
  readonly name: string | null;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly createdAt: string;
}

/** Every route of the server, by method and path: what it takes and what it answers. */
export interface ApiRoutes {
  'DELETE /api/admin/clients/{id}': { body: undefined; answer: undefined };
  'DELETE /api/admin/initial-access-tokens/{id}': { body: undefined; answer: undefined };
  'DELETE /api/admin/invitations/{id}': { body: undefined; answer: undefined };
  'DELETE /api/admin/roles/{name}': { body: undefined; answer: undefined };
  'DELETE /api/admin/sessions': { body: undefined; answer: undefined };
  'DELETE /api/admin/users/{id}': { body: undefined; answer: undefined };
  'DELETE /api/admin/users/{id}/sessions': { body: undefined; answer: undefined };
  'DELETE /api/admin/users/{id}/sessions/{sessionId}': { body: undefined; answer: undefined };
  'DELETE /api/auth/consents/{clientId}': { body: undefined; answer: undefined };
  'DELETE /api/auth/sessions': { body: undefined; answer: undefined };
  'DELETE /api/auth/sessions/{id}': { body: undefined; answer: undefined };
  'DELETE /api/profile': { body: DeleteAccountDto; answer: undefined };
  'GET /.well-known/jwks.json': { body: undefined; answer: JwksModel };
  'GET /.well-known/oauth-authorization-server': {
    body: undefined;
    answer: {
      /** `iss` of the access tokens. */
      readonly issuer: string;
      /** Not there with HS256, which has no public keys. */
      readonly jwks_uri?: string | undefined;
      /** None without an authorization server. */
      readonly response_types_supported: readonly string[];
      /** None without an authorization server. */
      readonly grant_types_supported: readonly string[];
    };
  };
  'GET /.well-known/openid-configuration': {
    body: undefined;
    answer: {
      /** `iss` of the access tokens. */
      readonly issuer: string;
      /** Not there with HS256, which has no public keys. */
      readonly jwks_uri?: string | undefined;
      /** None without an authorization server. */
      readonly response_types_supported: readonly string[];
      /** None without an authorization server. */
      readonly grant_types_supported: readonly string[];
    };
  };
  'GET /api/admin': { body: undefined; answer: AdminOverviewModel };
  'GET /api/admin/audit': { body: undefined; answer: AuditPageModel };
  'GET /api/admin/clients': { body: undefined; answer: ClientPageModel };
  'GET /api/admin/clients/{id}': { body: undefined; answer: ClientModel };
  'GET /api/admin/initial-access-tokens': { body: undefined; answer: InitialAccessTokenPageModel };
  'GET /api/admin/invitations': { body: undefined; answer: InvitationPageModel };
  'GET /api/admin/keys': { body: undefined; answer: readonly SigningKeyModel[] };
  'GET /api/admin/roles': { body: undefined; answer: readonly RoleModel[] };
  'GET /api/admin/users': { body: undefined; answer: AdminUserPageModel };
  'GET /api/admin/users/{id}': { body: undefined; answer: AdminUserModel };
  'GET /api/admin/users/{id}/sessions': { body: undefined; answer: readonly SessionFields[] };
  'GET /api/auth/consents': { body: undefined; answer: readonly ConsentModel[] };
  'GET /api/auth/csrf': { body: undefined; answer: CsrfTokenModel };
  'GET /api/auth/revocations': { body: undefined; answer: undefined };
  'GET /api/auth/sessions': { body: undefined; answer: readonly SessionModel[] };
  'GET /api/auth/verify': { body: undefined; answer: undefined };
  'GET /api/profile': { body: undefined; answer: UserModel };
  'GET /api/profile/audit': { body: undefined; answer: OwnAuditPageModel };
  'GET /api/profile/export': { body: undefined; answer: AccountExportModel };
  'GET /health/live': { body: undefined; answer: HealthModel };
  'GET /health/ready': { body: undefined; answer: ReadinessModel };
  'GET /metrics': { body: undefined; answer: undefined };
  'PATCH /api/admin/clients/{id}': { body: ChangeClientDto; answer: ClientModel };
  'PATCH /api/admin/users/{id}': { body: ChangeUserDto; answer: AdminUserModel };
  'PATCH /api/profile': { body: UpdateProfileDto; answer: UserModel };
  'POST /api/admin/clients': { body: CreateClientDto; answer: CreatedClientModel };
  'POST /api/admin/clients/{id}/secret': { body: RotateSecretDto | undefined; answer: RotatedSecretModel };
  'POST /api/admin/initial-access-tokens': {
    body: CreateInitialAccessTokenDto;
    answer: CreatedInitialAccessTokenModel;
  };
  'POST /api/admin/invitations': { body: InviteDto; answer: InvitedModel };
  'POST /api/admin/keys/rotate': { body: undefined; answer: SigningKeyModel };
  'POST /api/admin/roles': { body: CreateRoleDto; answer: RoleModel };
  'POST /api/admin/users/{id}/password-reset': { body: undefined; answer: undefined };
  'POST /api/admin/users/{id}/unlock': { body: undefined; answer: undefined };
  'POST /api/auth/consents/{clientId}': { body: ConsentDto; answer: undefined };
  'POST /api/auth/device': { body: UserCodeDto; answer: DeviceRequestModel };
  'POST /api/auth/email/change': { body: ChangeEmailDto; answer: undefined };
  'POST /api/auth/email/confirm': { body: ProvedTokenDto; answer: undefined };
  'POST /api/auth/email/resend': { body: undefined; answer: undefined };
  'POST /api/auth/email/verify': { body: ProvedTokenDto; answer: undefined };
  'POST /api/auth/invitation/accept': {
    body: AcceptInvitationDto;
    answer: SignedInModel | CookieSignedInModel;
  };
  'POST /api/auth/login': { body: LoginDto; answer: SignedInModel | CookieSignedInModel };
  'POST /api/auth/login/challenge': { body: LoginChallengeDto; answer: SignedInModel | CookieSignedInModel };
  'POST /api/auth/logout': { body: undefined; answer: undefined };
  'POST /api/auth/logout-all': { body: undefined; answer: undefined };
  'POST /api/auth/password/change': { body: ChangePasswordDto; answer: undefined };
  'POST /api/auth/password/forgot': { body: ForgotPasswordDto; answer: undefined };
  'POST /api/auth/password/reset': { body: ResetPasswordDto; answer: undefined };
  'POST /api/auth/reauthenticate': { body: ReauthenticateDto; answer: undefined };
  'POST /api/auth/refresh': { body: RefreshDto | undefined; answer: TokenPairModel | CookieTokensModel };
  'POST /api/auth/register': { body: RegisterDto; answer: SignedInModel | CookieSignedInModel };
  'POST /api/auth/register/confirm': {
    body: ConfirmRegistrationDto;
    answer: SignedInModel | CookieSignedInModel;
  };
  'PUT /api/admin/roles/{name}': { body: ChangeRoleDto; answer: RoleModel };
  'PUT /api/auth/consents/{clientId}': { body: ConsentDto; answer: undefined };
  'PUT /api/auth/device': { body: DeviceAnswerDto; answer: undefined };
}
