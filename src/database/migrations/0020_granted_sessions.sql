-- What an OAuth client is granted is a session: the client, what it may do, the browser session that it was granted in, and the key
-- that its refresh token is bound to. Null: a session of Latchkey's own routes.
ALTER TABLE "sessions" ADD COLUMN "client_id" text;
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "scopes" text;
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "parent_id" uuid;
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "jkt" text;
--> statement-breakpoint
CREATE INDEX "sessions_parent_index" ON "sessions" ("parent_id") WHERE "parent_id" IS NOT NULL AND "ended_at" IS NULL;
