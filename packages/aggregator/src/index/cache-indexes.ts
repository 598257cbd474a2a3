import type { CacheEvent, ResourceRecord, ResourceType } from '@service-center/sdcommon';

import { DependencyIndex } from './dependency-index.ts';
import { InstanceIndex } from './instance-index.ts';
import type { ResourceIndex } from './resource-index.ts';
import { RuleIndex } from './rule-index.ts';
import { SchemaIndex } from './schema-index.ts';
import { ServiceIndex } from './service-index.ts';
import { TagIndex } from './tag-index.ts';

/** All secondary indexes, kept equal to the caches one event after the other. */
export class CacheIndexes {
  readonly services: ServiceIndex = new ServiceIndex();
  readonly instances: InstanceIndex = new InstanceIndex();
  readonly tags: TagIndex = new TagIndex();
  readonly rules: RuleIndex = new RuleIndex();
  readonly dependencies: DependencyIndex = new DependencyIndex();
  readonly schemas: SchemaIndex = new SchemaIndex();

  /** Takes over a change that the cache has already taken over. */
  apply(event: CacheEvent): void {
    switch (event.resourceType) {
      case 'SERVICE':
        replaceIn(this.services, event);
        break;
      case 'INSTANCE':
        replaceIn(this.instances, event);
        break;
      case 'SERVICE_TAG':
        replaceIn(this.tags, event);
        break;
      case 'RULE':
        replaceIn(this.rules, event);
        break;
      case 'DEPENDENCY_RULE':
        replaceIn(this.dependencies, event);
        break;
      case 'SCHEMA_REF':
        replaceIn(this.schemas.references, event);
        break;
      case 'SCHEMA_SUMMARY':
        replaceIn(this.schemas.summaries, event);
        break;
      default:
        break;
    }
  }
}

interface Replacement<T extends ResourceType> {
  readonly type: CacheEvent['type'];
  readonly resource: ResourceRecord<T>;
  readonly previous: ResourceRecord<T> | undefined;
}

function replaceIn<T extends ResourceType>(index: ResourceIndex<T>, event: Replacement<T>): void {
  if (event.type === 'DELETE') index.replace(event.resource, undefined);
  else index.replace(event.previous, event.resource);
}
