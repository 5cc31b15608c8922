CREATE TABLE "mail_outbox" (
  "id" uuid PRIMARY KEY,
  "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  "template" text NOT NULL,
  "sealed" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL,
  "expires_at" timestamptz(3),
  "due_at" timestamptz(3) NOT NULL,
  "attempts" integer NOT NULL,
  "gave_up_at" timestamptz(3)
);
--> statement-breakpoint
CREATE INDEX "mail_outbox_due_index" ON "mail_outbox" ("due_at", "position") WHERE "gave_up_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "mail_outbox_gave_up_at_index" ON "mail_outbox" ("gave_up_at") WHERE "gave_up_at" IS NOT NULL;
