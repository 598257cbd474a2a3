import type { Checklist } from './checklist.ts';
import { rules } from './shared-checks.ts';

/** The checks of listing applications. */
export const getAppsChecks: Checklist<{ readonly environment: string }> = [
  {
    field: 'GetAppsRequest.Environment',
    rule: rules.environment,
    value: ({ environment }) => environment,
  },
];
