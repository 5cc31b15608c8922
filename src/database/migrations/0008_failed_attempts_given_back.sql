-- What a row was before it was counted in: PostgreSQL before 18 does not return that.
ALTER TABLE "failed_attempts"
  ADD COLUMN "previous_failures" integer NOT NULL DEFAULT 0,
  ADD COLUMN "previous_counted_at" bigint NOT NULL DEFAULT 0;
