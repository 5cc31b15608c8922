-- Applications that sign people in here, or call others in their own name.
CREATE TABLE "oauth_clients" (
	"id" text COLLATE "C" PRIMARY KEY,
	"sid" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"first_party" boolean NOT NULL,
	"grants" text[] NOT NULL,
	"redirect_uris" text[] NOT NULL,
	"post_logout_redirect_uris" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"origins" text[] NOT NULL,
	"audiences" text[] NOT NULL,
	"auth_method" text NOT NULL,
	"jwks" jsonb,
	"require_par" boolean NOT NULL,
	"dpop_bound" boolean NOT NULL,
	"subject_type" text NOT NULL,
	"sector" text,
	"backchannel_logout_uri" text,
	"frontchannel_logout_uri" text,
	"access_token_ttl" integer,
	"disabled" boolean NOT NULL,
	"fixed" boolean NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL
);
--> statement-breakpoint
-- Several of a client are good while one is exchanged for another.
CREATE TABLE "oauth_client_secrets" (
	"client_id" text COLLATE "C" NOT NULL REFERENCES "oauth_clients" ("id") ON DELETE CASCADE,
	"secret_hash" text NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"expires_at" timestamptz(3),
	PRIMARY KEY ("client_id", "secret_hash")
);
