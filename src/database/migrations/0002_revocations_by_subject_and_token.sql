ALTER TABLE "revocations" RENAME COLUMN "session_id" TO "id";
--> statement-breakpoint
ALTER TABLE "revocations" ALTER COLUMN "id" TYPE text;
--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "kind" text NOT NULL DEFAULT 'session';
--> statement-breakpoint
ALTER TABLE "revocations" ALTER COLUMN "kind" DROP DEFAULT;
--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "issued_before" timestamptz(3);
--> statement-breakpoint
ALTER TABLE "revocations" DROP CONSTRAINT "revocations_pkey";
--> statement-breakpoint
ALTER TABLE "revocations" ADD PRIMARY KEY ("kind", "id");
--> statement-breakpoint
CREATE INDEX "revocations_expires_at_index" ON "revocations" ("expires_at");
--> statement-breakpoint
CREATE INDEX "sessions_expires_at_index" ON "sessions" ("expires_at");
--> statement-breakpoint
CREATE INDEX "sessions_ended_at_index" ON "sessions" ("ended_at") WHERE "ended_at" IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "sessions" SET (fillfactor = 80);
