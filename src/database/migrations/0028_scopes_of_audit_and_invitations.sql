-- The role admin has what opens the audit log and invitations to others, too.
UPDATE "roles" SET "scopes" = "scopes" || (
	SELECT array(SELECT unnest('{audit:read,invitations:read,invitations:write}'::text[]) EXCEPT SELECT unnest("scopes"))
) WHERE "name" = 'admin';
