-- What OAuth flows keep between two requests, and what people allowed to clients.
CREATE TABLE "oauth_artifacts" (
	"model" text NOT NULL,
	"id_hash" text NOT NULL,
	"sealed" text NOT NULL,
	"grant_id" uuid,
	"user_code_hash" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"consumed_at" timestamp (3) with time zone,
	CONSTRAINT "oauth_artifacts_model_id_hash_pk" PRIMARY KEY("model","id_hash")
);
--> statement-breakpoint
CREATE INDEX "oauth_artifacts_grant_index" ON "oauth_artifacts" ("grant_id") WHERE "grant_id" IS NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX "oauth_artifacts_user_code_index" ON "oauth_artifacts" ("user_code_hash") WHERE "user_code_hash" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "oauth_artifacts_expires_at_index" ON "oauth_artifacts" ("expires_at");
--> statement-breakpoint
CREATE TABLE "oauth_consents" (
	"subject" text NOT NULL,
	"client_id" text NOT NULL,
	"scopes" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "oauth_consents_subject_client_id_pk" PRIMARY KEY("subject","client_id")
);
