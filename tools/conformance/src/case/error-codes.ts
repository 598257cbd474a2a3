/** The text every answer with this code carries as `errorMessage` (spec 01 §5.2). */
export const errorMessages = {
  400001: 'Invalid parameter(s)',
  400002: 'Server is Unhealthy',
  400010: 'Micro-service already exists',
  400012: 'Micro-service does not exist',
  400013: 'Micro-service has deployed instance(s)',
  400014: 'Undefined schema id',
  400015: 'Not allowed to modify schema',
  400016: 'Schema does not exist',
  400017: 'Instance does not exist',
  400018: 'Tag does not exist',
  400020: "Can not have both 'BLACK' and 'WHITE'",
  400021: 'Not allowed to modify the type of the rule',
  400022: 'Rule does not exist',
  400023: 'Consumer(s) depends on this micro-service',
  400026: 'Micro-service version does not exist',
  400100: 'Not enough quota',
  403001: 'Forbidden',
} as const;

/** An error code of the registry. */
export type ErrorCode = keyof typeof errorMessages;

/** The HTTP status of a code (spec 01 §5.1). */
export function statusOf(code: ErrorCode): number {
  return Math.trunc(code / 1000);
}
