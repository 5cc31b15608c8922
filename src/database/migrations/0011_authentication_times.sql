-- When who holds a session last showed the password again; null: not since the session was opened with it.
ALTER TABLE "sessions" ADD COLUMN "reauthenticated_at" timestamptz(3);
--> statement-breakpoint
-- Until when a password that somebody else chose can be used; null: for good.
ALTER TABLE "users" ADD COLUMN "password_expires_at" timestamptz(3);
--> statement-breakpoint
UPDATE "users" SET "password_expires_at" = "created_at" + interval '24 hours' WHERE "password_change_required";
