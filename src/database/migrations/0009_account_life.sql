-- Names a token where its hash is nobody's business.
ALTER TABLE "one_time_tokens" ADD COLUMN "id" uuid NOT NULL DEFAULT gen_random_uuid();
--> statement-breakpoint
CREATE INDEX "one_time_tokens_purpose_index" ON "one_time_tokens" ("purpose", "id");
--> statement-breakpoint
-- The session that asked for it, and ends it with itself.
ALTER TABLE "one_time_tokens" ADD COLUMN "session_id" text;
--> statement-breakpoint
UPDATE "one_time_tokens" SET "session_id" = "payload" ->> 'sessionId' WHERE "purpose" = 'email-change';
--> statement-breakpoint
-- Empty for the newest of a subject and purpose; its hash for an older one that stays good beside it.
ALTER TABLE "one_time_tokens" ADD COLUMN "slot" text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_pkey";
--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD PRIMARY KEY ("subject", "purpose", "slot");
--> statement-breakpoint
-- Whose account a mail is about, so that it goes with the account.
ALTER TABLE "mail_outbox" ADD COLUMN "account" text;
--> statement-breakpoint
CREATE INDEX "mail_outbox_account_index" ON "mail_outbox" ("account") WHERE "account" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "sessions_ended_subject_index" ON "sessions" ("subject") WHERE "ended_at" IS NOT NULL;
