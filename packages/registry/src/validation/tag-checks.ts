import type { StringMap } from '@service-center/sdcommon';

import type { Checklist } from './checklist.ts';
import { rules, serviceIdCheck } from './shared-checks.ts';

// A deletion names at most as many tags as a service may have by default (spec 01 §6).
const maxDeletedTags = 100;

/** The checks of replacing a service's tags. */
export function replaceTagsChecks(
  tagQuota: number,
): Checklist<{ readonly serviceId: string; readonly tags: StringMap }> {
  return [
    serviceIdCheck('AddServiceTagsRequest'),
    {
      field: 'AddServiceTagsRequest.Tags',
      rule: { max: tagQuota, ...rules.tag },
      value: ({ tags }) => tags,
    },
  ];
}

/** The checks of reading a service's tags. */
export const getTagsChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('GetServiceTagsRequest'),
];

/** The checks of changing one tag. */
export const updateTagChecks: Checklist<{
  readonly serviceId: string;
  readonly key: string;
  readonly value: string;
}> = [
  serviceIdCheck('UpdateServiceTagRequest'),
  { field: 'UpdateServiceTagRequest.Key', rule: rules.tag, value: ({ key }) => key },
  { field: 'UpdateServiceTagRequest.Value', rule: rules.tag, value: ({ value }) => value },
];

/** The checks of deleting tags. */
export const deleteTagsChecks: Checklist<{
  readonly serviceId: string;
  readonly keys: readonly string[];
}> = [
  serviceIdCheck('DeleteServiceTagsRequest'),
  {
    field: 'DeleteServiceTagsRequest.Keys',
    rule: { min: 1, max: maxDeletedTags, ...rules.tag },
    value: ({ keys }) => keys,
  },
];
