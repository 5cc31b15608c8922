-- Tokens by which applications register themselves as OAuth clients (RFC 7591), and which of them a client came with.
CREATE TABLE "oauth_initial_access_tokens" (
	"id" uuid PRIMARY KEY,
	"token_hash" text NOT NULL UNIQUE,
	"name" text NOT NULL,
	"grants" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"uses" integer NOT NULL,
	"uses_left" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "oauth_initial_access_tokens_expires_at_index" ON "oauth_initial_access_tokens" ("expires_at");
--> statement-breakpoint
ALTER TABLE "oauth_clients" ADD COLUMN "registered_with" uuid;
