CREATE TABLE "one_time_tokens" (
	"subject" text NOT NULL,
	"purpose" text NOT NULL,
	"token_hash" text NOT NULL,
	"binding" text NOT NULL,
	"payload" jsonb NOT NULL DEFAULT '{}',
	"created_at" timestamptz(3) NOT NULL,
	"expires_at" timestamptz(3) NOT NULL,
	PRIMARY KEY ("subject", "purpose")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_time_tokens_token_hash_unique" ON "one_time_tokens" ("token_hash");
--> statement-breakpoint
CREATE INDEX "one_time_tokens_expires_at_index" ON "one_time_tokens" ("expires_at");
