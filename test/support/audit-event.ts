/** As administrators read it. */
export interface AuditEvent {
  id: string;
  occurredAt: string;
  type: string;
  outcome: string;
  actor: { kind: string; id: string | null };
  subject: string | null;
  sessionId: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: Record<string, unknown>;
}
