-- Tries whose end is not known yet, so that one of another process waits for them instead of being refused.
ALTER TABLE "failed_attempts" ADD COLUMN "pending" integer NOT NULL DEFAULT 0;
