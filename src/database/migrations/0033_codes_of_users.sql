-- Of a code that is not exchanged: whose it is, and which client's, so that it goes with what was allowed.
ALTER TABLE "oauth_artifacts" ADD COLUMN "holder_hash" text;
--> statement-breakpoint
CREATE INDEX "oauth_artifacts_holder_index" ON "oauth_artifacts" ("holder_hash") WHERE "holder_hash" IS NOT NULL;
