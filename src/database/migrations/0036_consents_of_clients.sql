-- What people allowed a client goes with it, and another of the same id begins with none: they are asked anew.
CREATE INDEX "oauth_consents_client_index" ON "oauth_consents" ("client_id");
--> statement-breakpoint
CREATE FUNCTION "latchkey_forget_consents"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DELETE FROM %I.oauth_consents WHERE client_id = $1', TG_TABLE_SCHEMA) USING coalesce(NEW.id, OLD.id);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "forget_consents" AFTER INSERT OR DELETE ON "oauth_clients"
	FOR EACH ROW EXECUTE FUNCTION "latchkey_forget_consents"();
