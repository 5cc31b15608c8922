-- Grants whose client is told when they end (OpenID Connect Back-Channel Logout 1.0).
CREATE TABLE "oauth_logouts" (
	"session_id" uuid PRIMARY KEY,
	"client_id" text NOT NULL,
	"subject" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"attempts" integer NOT NULL,
	"gave_up_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "oauth_logouts_due_index" ON "oauth_logouts" ("due_at") WHERE "gave_up_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "oauth_logouts_subject_index" ON "oauth_logouts" ("subject");
--> statement-breakpoint
CREATE INDEX "oauth_logouts_expires_at_index" ON "oauth_logouts" ("expires_at");
