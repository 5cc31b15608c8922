CREATE TABLE "roles" (
	"name" text PRIMARY KEY,
	"scopes" text[] NOT NULL DEFAULT '{}',
	"description" text NOT NULL DEFAULT ''
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY,
	"name" text,
	"email" text NOT NULL,
	"email_key" text NOT NULL,
	"email_verified_at" timestamptz(3),
	"password_hash" text NOT NULL,
	"password_change_required" boolean NOT NULL DEFAULT false,
	"disabled_at" timestamptz(3),
	"attributes" jsonb NOT NULL DEFAULT '{}',
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key_unique" ON "users" ("email_key");
--> statement-breakpoint
CREATE TABLE "user_roles" (
	"user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
	"role" text NOT NULL REFERENCES "roles" ("name"),
	PRIMARY KEY ("user_id", "role")
);
--> statement-breakpoint
CREATE INDEX "user_roles_role_index" ON "user_roles" ("role");
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY,
	"subject" text NOT NULL,
	"generation" integer NOT NULL,
	"secret_hash" text NOT NULL,
	"grace_until" timestamptz(3),
	"created_at" timestamptz(3) NOT NULL,
	"last_used_at" timestamptz(3) NOT NULL,
	"idle_expires_at" timestamptz(3) NOT NULL,
	"expires_at" timestamptz(3) NOT NULL,
	"ended_at" timestamptz(3),
	"end_reason" text,
	"ip" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE INDEX "sessions_open_subject_index" ON "sessions" ("subject") WHERE "ended_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "revocations" (
	"session_id" uuid PRIMARY KEY,
	"revoked_at" timestamptz(3) NOT NULL,
	"expires_at" timestamptz(3) NOT NULL
);
--> statement-breakpoint
CREATE INDEX "revocations_revoked_at_index" ON "revocations" ("revoked_at");
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY,
	"alg" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_key" text NOT NULL,
	"created_at" timestamptz(3) NOT NULL
);
--> statement-breakpoint
INSERT INTO "roles" ("name", "scopes", "description") VALUES
	('user', '{profile:read,profile:write}', 'Everyone who registered.'),
	('admin', '{users:read,users:write}', 'Operates the service.');
