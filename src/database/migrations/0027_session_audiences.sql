-- The resource that a grant is for (RFC 8707).
ALTER TABLE "sessions" ADD COLUMN "audience" text;
