-- Open grants of a client that is deleted.
CREATE INDEX "sessions_client_index" ON "sessions" ("client_id") WHERE "client_id" IS NOT NULL AND "ended_at" IS NULL;
