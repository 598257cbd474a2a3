/** One row of {@link errorTable}. */
export interface ErrorTableRow {
  /** The number on the wire, as a string; its first three digits are the HTTP status. */
  readonly code: string;
  /** The text that goes with the code; clients see it as `errorMessage`. */
  readonly message: string;
}

/**
 * Every error the registry answers with (spec 01 §5.2 and §5.3). The names are ours, codes and messages are the wire's.
 */
export const errorTable = {
  invalidParameters: { code: '400001', message: 'Invalid parameter(s)' },
  unhealthy: { code: '400002', message: 'Server is Unhealthy' },
  serviceAlreadyExists: { code: '400010', message: 'Micro-service already exists' },
  serviceNotExists: { code: '400012', message: 'Micro-service does not exist' },
  deployedInstance: { code: '400013', message: 'Micro-service has deployed instance(s)' },
  undefinedSchemaId: { code: '400014', message: 'Undefined schema id' },
  modifySchemaNotAllowed: { code: '400015', message: 'Not allowed to modify schema' },
  schemaNotExists: { code: '400016', message: 'Schema does not exist' },
  instanceNotExists: { code: '400017', message: 'Instance does not exist' },
  tagNotExists: { code: '400018', message: 'Tag does not exist' },
  ruleAlreadyExists: { code: '400019', message: 'Rule already exist' },
  blackAndWhiteRule: { code: '400020', message: "Can not have both 'BLACK' and 'WHITE'" },
  modifyRuleNotAllowed: { code: '400021', message: 'Not allowed to modify the type of the rule' },
  ruleNotExists: { code: '400022', message: 'Rule does not exist' },
  dependedOnConsumer: { code: '400023', message: 'Consumer(s) depends on this micro-service' },
  permissionDeny: { code: '400024', message: 'Access micro-service refused' },
  endpointAlreadyExists: {
    code: '400025',
    message: 'Endpoint is already belong to other service',
  },
  serviceVersionNotExists: { code: '400026', message: 'Micro-service version does not exist' },
  notEnoughQuota: { code: '400100', message: 'Not enough quota' },
  unauthorized: { code: '401201', message: 'Request unauthorized' },
  noAuthorizationHeader: { code: '401204', message: 'No authorization header' },
  forbidden: { code: '403001', message: 'Forbidden' },
  noPermission: { code: '403205', message: 'No permission(s)' },
  internal: { code: '500003', message: 'Internal server error' },
  unavailableBackend: { code: '500011', message: 'Registry service is unavailable' },
  unavailableQuotaService: { code: '500101', message: 'Quota service is unavailable' },
} as const satisfies Record<string, ErrorTableRow>;

/** The name of a row of {@link errorTable}. */
export type ErrorName = keyof typeof errorTable;
