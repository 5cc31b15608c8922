-- Users of whom there are mostly few, in each order that a list may have.
CREATE INDEX IF NOT EXISTS "users_disabled_created_at_index" ON "users" ("created_at", "id") WHERE "disabled_at" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_disabled_email_index" ON "users" (("email_key" COLLATE "C"), "id") WHERE "disabled_at" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_disabled_last_login_index" ON "users" ((coalesce("last_login_at", '-infinity'::timestamptz)), "id")
	INCLUDE ("last_login_at") WHERE "disabled_at" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_unverified_created_at_index" ON "users" ("created_at", "id") WHERE "email_verified_at" IS NULL;
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_unverified_email_index" ON "users" (("email_key" COLLATE "C"), "id") WHERE "email_verified_at" IS NULL;
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "users_unverified_last_login_index" ON "users" ((coalesce("last_login_at", '-infinity'::timestamptz)), "id")
	INCLUDE ("last_login_at") WHERE "email_verified_at" IS NULL;
--> statement-breakpoint
-- With the column itself, without which no index of an expression is read alone. In place of the one of before.
CREATE INDEX IF NOT EXISTS "users_last_login_index" ON "users" ((coalesce("last_login_at", '-infinity'::timestamptz)), "id")
	INCLUDE ("last_login_at");
--> statement-breakpoint
DROP INDEX IF EXISTS "users_last_login_at_index";
