import { Optional, WholeNumberField } from '../clients/client-fields.js';
import { SECRET_OVERLAP } from '../clients/oauth-clients.js';

/** Thirty days. */
const OVERLAP_MAX = 2_592_000;

export class RotateSecretDto {
  @WholeNumberField(
    'overlapSeconds',
    {
      min: 0,
      max: OVERLAP_MAX,
      default: SECRET_OVERLAP,
      example: 3600,
      description: 'How long the secrets of before stay good; 0: they end at once.',
    },
    Optional(),
  )
  overlapSeconds?: number;
}
