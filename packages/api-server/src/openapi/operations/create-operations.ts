import type { ApiName } from '../../routing/route-table.ts';
import type { OperationSpec } from '../operation.ts';
import { dependencyOperations } from './dependency-operations.ts';
import { documentationOperations } from './documentation-operations.ts';
import { adminOperations, governOperations } from './govern-operations.ts';
import { eventStreamOperations } from './event-stream-operations.ts';
import { discoveryOperations, instanceOperations } from './instance-operations.ts';
import {
  ruleOperations,
  schemaOperations,
  tagOperations,
  type MetadataQuotas,
} from './metadata-operations.ts';
import { pushOperations } from './push-operations.ts';
import { serverOperations } from './server-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { webSocketOperations } from './websocket-operations.ts';

/** An entry for every handler of the route table. */
export type Operations = Readonly<Record<ApiName, OperationSpec>>;

/** What the document says of each handler. */
export function createOperations(quotas: MetadataQuotas): Operations {
  return {
    ...serverOperations,
    ...serviceOperations,
    ...tagOperations(quotas),
    ...ruleOperations,
    ...schemaOperations(quotas),
    ...instanceOperations,
    ...discoveryOperations,
    ...webSocketOperations,
    ...eventStreamOperations,
    ...dependencyOperations,
    ...governOperations,
    ...adminOperations,
    ...pushOperations,
    ...documentationOperations,
  };
}
