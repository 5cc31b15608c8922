-- How often a device may ask whether its user has allowed it (RFC 8628).
ALTER TABLE "oauth_artifacts" ADD COLUMN "poll_interval" integer;
--> statement-breakpoint
ALTER TABLE "oauth_artifacts" ADD COLUMN "next_poll_at" timestamp (3) with time zone;
