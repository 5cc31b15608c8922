// Written by npm run settings.

/**
 * The settings as options of `LatchkeyModule`, which reads no environment. A text is what the variable would hold. Those of the server
 * alone, such as `TRUST_PROXY`, are not among them (docs/extending.md#behind-a-proxy-and-for-browsers).
 */
export interface LatchkeySettings {
  /** `NODE_ENV`: `development`, `production` or `test`; in `production` a missing or weak `APP_SECRET` or `JWT_SECRET` stops the start, and logs are JSON. Default: `development`. */
  readonly nodeEnv?: 'development' | 'production' | 'test' | undefined;
  /** `APP_NAME`: what people call the service, in mails, too; also a word that no password may consist of. Default: `Latchkey`. */
  readonly appName?: string | undefined;
  /** `DATA_DIR`: embedded database, generated secrets, mails. Default: `./data`. */
  readonly dataDir?: string | undefined;
  /** `PORT`: `0` picks a free port; the ready line prints the real one. Default: `3000`. */
  readonly port?: number | string | undefined;
  /** `PUBLIC_URL`: the issuer (`iss`), and the base of every link in mails. Default: `http://localhost:PORT`. */
  readonly publicUrl?: string | undefined;
  /** `CORS_ORIGINS`: comma-separated origins that may call from a browser; those on the same site with cookies, too. Default: unset: none. */
  readonly corsOrigins?: readonly string[] | string | undefined;
  /** `DATABASE_URL`: `postgres://[user:password@]host[:port]/database`, or `postgres://[user:password@]/database?host=/directory` for a socket; several hosts, and `sslmode`, as here (docs/postgresql.md#connections). Default: unset: embedded PGlite in `DATA_DIR`. */
  readonly databaseUrl?: string | undefined;
  /** `DATABASE_POOL_MAX`: connections to PostgreSQL per process. Default: `10`. */
  readonly databasePoolMax?: number | string | undefined;
  /** `DATABASE_SCHEMA`: the PostgreSQL schema of every table, the list of migrations included (docs/postgresql.md#the-schema-of-the-tables). Default: unset: `latchkey`, or `public` where an installation is found there. */
  readonly databaseSchema?: string | undefined;
  /** `REDIS_URL`: shared rate limits, revocations told at once: `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[:password@]h1:p,h2:p/master[/db]`, `redis+cluster://[:password@]h1:p,h2:p`; `rediss…` with TLS. Default: unset: no Redis. */
  readonly redisUrl?: string | undefined;
  /** `APP_SECRET`: ≥ 32 random bytes (`openssl rand -base64 48`), the root of derived keys. Default: generated into `DATA_DIR` outside production. */
  readonly appSecret?: string | undefined;
  /** `APP_SECRET_PREVIOUS`: the `APP_SECRET` of before, still accepted and never used anew. Default: unset: none. */
  readonly appSecretPrevious?: string | undefined;
  /** `SIGNING_ALG`: `ES256`, `ES384`, `RS256`, `PS256` or `HS256` (no JWKS then). Default: `ES256`. */
  readonly signingAlg?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'HS256' | undefined;
  /** `SIGNING_KEY_FILES`: comma-separated PEM files: the first signs, the others verify; read again when they change; not with `HS256`. Default: unset: keys in the database. */
  readonly signingKeyFiles?: readonly string[] | string | undefined;
  /** `SIGNING_KEY_ROTATION`: how long a key of the database signs; the next is published before. Default: `30d`. */
  readonly signingKeyRotation?: string | undefined;
  /** `JWT_SECRET`: the `HS256` secret, ≥ 32 random bytes; needed for it. Default: unset: none. */
  readonly jwtSecret?: string | undefined;
  /** `AUDIENCE`: `aud` of access tokens. Default: `PUBLIC_URL`. */
  readonly audience?: string | undefined;
  /** `ACCESS_TOKEN_TTL`: how long an access token is good. Default: `15m`. */
  readonly accessTokenTtl?: string | undefined;
  /** `REFRESH_TOKEN_TTL`: idle lifetime of a session, renewed by each refresh. Default: `7d`. */
  readonly refreshTokenTtl?: string | undefined;
  /** `SESSION_MAX_AGE`: absolute lifetime of a session. Default: `30d`. */
  readonly sessionMaxAge?: string | undefined;
  /** `SESSIONS_PER_USER`: how many open sessions a user has at most; at a login beyond it the one used longest ago ends. Default: unset: no limit. */
  readonly sessionsPerUser?: number | string | undefined;
  /** `SESSION_STORE`: or `redis`, which needs `REDIS_URL`: sessions and revocations live in Redis (docs/redis.md). Default: `database`. */
  readonly sessionStore?: 'database' | 'redis' | undefined;
  /** `REFRESH_GRACE`: how long the token just replaced still answers, with the same successor; at most `1h`; `0s`: not at all. Default: `10s`. */
  readonly refreshGrace?: string | undefined;
  /** `CLOCK_LEEWAY`: how far ahead another instance's clock may be, at most `5m`; expiry is never stretched. Default: `5s`. */
  readonly clockLeeway?: string | undefined;
  /** `REVOCATION_CHECK`: or `store`: every request also asks the store what is revoked, and is answered 503 if that does not answer. Default: `memory`. */
  readonly revocationCheck?: 'memory' | 'store' | undefined;
  /** `REVOCATION_FEED_SERVICES`: other services that are told what is revoked (docs/resource-server.md#revocations): `name=` and the SHA-256 of its token, in hexadecimal digits; two of one name while a token is replaced. Default: unset: no feed. */
  readonly revocationFeedServices?: readonly string[] | string | undefined;
  /** `REVOCATION_MAX_STALENESS`: how old the knowledge of what is revoked may be; beyond it protected routes answer 503. Default: `5s`. */
  readonly revocationMaxStaleness?: string | undefined;
  /** `PASSWORD_HASH`: or `argon2id`; hashes of the other kind, or of another cost, are upgraded at the next login. Default: `bcrypt`. */
  readonly passwordHash?: 'bcrypt' | 'argon2id' | undefined;
  /** `BCRYPT_COST`: from 4 to 20; each more doubles the work. Default: `12`. */
  readonly bcryptCost?: number | string | undefined;
  /** `HASH_WORKERS`: threads that hash, of each process. Default: number of cores, shared among `WORKERS`. */
  readonly hashWorkers?: number | string | undefined;
  /** `PASSWORD_MIN_LENGTH`: characters, from 8 to 64. Default: `8`. */
  readonly passwordMinLength?: number | string | undefined;
  /** `BREACHED_PASSWORDS_URL`: a service that knows passwords from a breach (docs/security.md#passwords), which are refused; `https`, or `http` to this machine. Default: unset: not asked. */
  readonly breachedPasswordsUrl?: string | undefined;
  /** `BREACHED_PASSWORDS_TIMEOUT`: how long a whole answer is waited for, at most `10s`. Default: `1s`. */
  readonly breachedPasswordsTimeout?: string | undefined;
  /** `BREACHED_PASSWORDS_ON_FAILURE`: what becomes of a password that could not be asked for; `refuse`: 503. Default: `allow`. */
  readonly breachedPasswordsOnFailure?: 'allow' | 'refuse' | undefined;
  /** `REGISTRATION`: `open`; `verify-first`: an account begins with the proof of its address, and no one can find out who has one; `invite-only`; `closed`. Default: `open`. */
  readonly registration?: 'open' | 'verify-first' | 'invite-only' | 'closed' | undefined;
  /** `UNVERIFIED_SCOPES`: the scopes, without roles, in the access tokens of users who have not proved their address, separated by commas, or `none`. For other services and your own `@Scopes()` and `@Roles()` routes: Latchkey’s own routes for users ask for no scope. Default: unset: all. */
  readonly unverifiedScopes?: readonly string[] | string | undefined;
  /** `INVITATION_TTL`: how long an invitation is good. Default: `7d`. */
  readonly invitationTtl?: string | undefined;
  /** `INITIAL_ADMIN_PASSWORD_TTL`: how long the first administrator’s one-time password is good, at least `1m`. Default: `24h`. */
  readonly initialAdminPasswordTtl?: string | undefined;
  /** `REAUTHENTICATION_MAX_AGE`: a caller who ends other sessions must have shown the password in this one within it; `off`: no such limit. Default: `15m`. */
  readonly reauthenticationMaxAge?: string | undefined;
  /** `RESET_TOKEN_TTL`: how long a link to reset a password is good. Default: `15m`. */
  readonly resetTokenTtl?: string | undefined;
  /** `VERIFICATION_TOKEN_TTL`: the same for links that verify or change an e-mail address. Default: `24h`. */
  readonly verificationTokenTtl?: string | undefined;
  /** `MAIL_MIN_INTERVAL`: an address gets no second link of the same kind sooner; the time doubles with each of the last day, up to an hour; `0s`: no such limit. Default: `1m`. */
  readonly mailMinInterval?: string | undefined;
  /** `MAIL_URL`: `smtp://[user:password@]host[:port]` or `smtps://…`; TLS is required but for this machine (docs/mail.md). Default: unset: files in `DATA_DIR/outbox`. */
  readonly mailUrl?: string | undefined;
  /** `MAIL_FROM`: who sends, needed with `MAIL_URL`; without a name, `APP_NAME` sends. Default: `no-reply@` and the host of `PUBLIC_URL`. */
  readonly mailFrom?: string | undefined;
  /** `MAIL_LANGUAGE`: or `de`: of mails to users who ask for no language that there is. Default: `en`. */
  readonly mailLanguage?: string | undefined;
  /** `PAGES_DIR`: where templates, languages, a logo and a theme of your own are (docs/pages.md#your-own-look). Default: unset: none. */
  readonly pagesDir?: string | undefined;
  /** `LINKS_URL`: what mailed links begin with, where a front end of your own has their pages. Default: `PUBLIC_URL`. */
  readonly linksUrl?: string | undefined;
  /** `OAUTH_CLIENTS`: OAuth clients that are the same wherever the server starts, as JSON (docs/administration.md#clients-of-a-file); mostly by `OAUTH_CLIENTS_FILE`. Default: unset: none. */
  readonly oauthClients?: string | undefined;
  /** `OAUTH_REGISTRATION`: `on` or `off`: whether applications with an initial access token register themselves (docs/oauth.md#registration) as OAuth clients. Default: `off`. */
  readonly oauthRegistration?: boolean | 'on' | 'off' | undefined;
  /** `OAUTH_LOGOUT_NETWORKS`: comma-separated addresses and networks, besides those of the Internet, where clients may be told of logouts (docs/oauth.md#signing-out). Default: unset: none. */
  readonly oauthLogoutNetworks?: readonly string[] | string | undefined;
  /** `LOGIN_RATE_LIMIT`: attempts per client address (docs/security.md#limits). Default: `5/1m`. */
  readonly loginRateLimit?: string | undefined;
  /** `REGISTER_RATE_LIMIT`: registrations. Default: `60/1m`. */
  readonly registerRateLimit?: string | undefined;
  /** `REFRESH_RATE_LIMIT`: refreshes. Default: `600/1m`. */
  readonly refreshRateLimit?: string | undefined;
  /** `FORGOT_RATE_LIMIT`: links asked for to reset a password. Default: `5/1m`. */
  readonly forgotRateLimit?: string | undefined;
  /** `RESET_RATE_LIMIT`: resets of a password. Default: `10/1m`. */
  readonly resetRateLimit?: string | undefined;
  /** `VERIFY_RATE_LIMIT`: links opened to verify or change an e-mail address. Default: `10/1m`. */
  readonly verifyRateLimit?: string | undefined;
  /** `RESEND_RATE_LIMIT`: links asked for to verify an e-mail address. Default: `5/10m`. */
  readonly resendRateLimit?: string | undefined;
  /** `REAUTHENTICATION_RATE_LIMIT`: calls of routes that ask a bearer for the password. Default: `5/1m`. */
  readonly reauthenticationRateLimit?: string | undefined;
  /** `CREDENTIAL_RATE_LIMIT`: wrong credentials of the application's own, such as API keys. Default: `60/1m`. */
  readonly credentialRateLimit?: string | undefined;
  /** `FORWARD_AUTH_RATE_LIMIT`: requests of one user that gateways (docs/gateways/README.md#quotas) ask about, where they pass 429 on, as Caddy does. Default: unset: no limit. */
  readonly forwardAuthRateLimit?: string | undefined;
  /** `OAUTH_RATE_LIMIT`: requests to each endpoint under `/oauth`; more where one back end asks for many users. Default: `3000/1m`. */
  readonly oauthRateLimit?: string | undefined;
  /** `OAUTH_CLIENT_RATE_LIMIT`: requests of one OAuth client that has proved to be it, from all addresses. Default: `6000/1m`. */
  readonly oauthClientRateLimit?: string | undefined;
  /** `OAUTH_SECRET_RATE_LIMIT`: wrong secrets of one OAuth client from one address. Default: `10/1m`. */
  readonly oauthSecretRateLimit?: string | undefined;
  /** `MAIL_RATE_LIMIT`: mails to one address that strangers can have sent: links to prove it, whatever account they are for, and, counted apart, links to reset the password of an account that has not proved it. Default: `3/1h`. */
  readonly mailRateLimit?: string | undefined;
  /** `ACCOUNT_FAILURES`: wrong passwords of one account that cost nothing, whatever addresses they come from; after these the wait doubles from 1 s to `ACCOUNT_DELAY_MAX`. Default: `10`. */
  readonly accountFailures?: number | string | undefined;
  /** `ACCOUNT_DELAY_MAX`: the longest wait, and how long it takes until one failure is forgotten; at most `1d`. Default: `15m`. */
  readonly accountDelayMax?: string | undefined;
  /** `KNOWN_DEVICE_TTL`: how long after its last login a device is not held up by what others do to the account, at most `400d`. Default: `180d`. */
  readonly knownDeviceTtl?: string | undefined;
  /** `AUDIT_RETENTION`: how long audit events are kept, at least `1d`. Default: `365d`. */
  readonly auditRetention?: string | undefined;
  /** `METRICS_TOKEN`: bearer secret for `/metrics` (docs/metrics.md#who-may-read-them), ≥ 32 random bytes (`openssl rand -base64 48`). Default: unset: `/metrics` answers on loopback alone. */
  readonly metricsToken?: string | undefined;
}
