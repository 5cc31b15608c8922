-- How a session's holder showed who they are, besides the password (RFC 8176).
ALTER TABLE "sessions" ADD COLUMN "methods" text;
