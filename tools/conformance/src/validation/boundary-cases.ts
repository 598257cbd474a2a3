import type { ConformanceCase } from '../case/case.ts';
import { refused } from '../case/steps.ts';
import { samplesOf, type Sample } from './field-rule.ts';
import type { Field, Place, RequestKind } from './request-kind.ts';

/** A case for each edge of each field, from either side. */
export function boundaryCases(kinds: readonly RequestKind[]): ConformanceCase[] {
  return kinds.flatMap((kind) =>
    kind.fields.flatMap((field) =>
      samplesOf(field.rule)
        .filter(
          (sample) => fits(sample, field.place) && field.skips?.includes(sample.about) !== true,
        )
        .map((sample) => boundaryCase(kind, field, sample)),
    ),
  );
}

function boundaryCase(kind: RequestKind, field: Field, sample: Sample): ConformanceCase {
  const verdict = sample.isAccepted ? 'accepted' : 'refused';
  const { untouched = [], forms } = kind;
  return {
    route: kind.route,
    title: `${field.name}: ${sample.about} is ${verdict}`,
    spec: '01 §6',
    ...(forms === undefined ? {} : { forms }),
    steps: [
      ...kind.setup,
      {
        kind: 'http',
        request: field.request(sample.value),
        expect: sample.isAccepted ? (field.accepted ?? kind.accepted) : refused(400001),
      },
      ...(sample.isAccepted ? [] : untouched),
    ],
  };
}

/** Whether a value can stand in a place at all. */
function fits({ value }: Sample, place: Place): boolean {
  switch (place) {
    case 'body':
      return true;
    case 'name':
      return typeof value === 'string';
    case 'query':
      return value === undefined || typeof value === 'string';
    case 'segment':
      // An empty segment, a dot and one with a slash lead to another path (spec 01 §1.1, §1.4).
      return typeof value === 'string' && !['', '.', '..'].includes(value) && !value.includes('/');
    case 'header':
      // A header's value has neither blanks at its ends nor anything but visible ASCII.
      return (
        value === undefined ||
        (typeof value === 'string' && /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value))
      );
  }
}
