import type { ConformanceCase } from '../case/case.ts';
import { anything, generatedId, partial, setOf, unixSeconds } from '../case/pattern.ts';
import { done, get, json, post, put, refused, send } from '../case/steps.ts';
import { about, service } from './setup.ts';

const unknownService = refused(400012, 'Service does not exist.');
const white = { ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a+', description: 'd' };
const black = { ...white, ruleType: 'BLACK' };
const noRule = refused(400022, 'This rule does not exist.');
const oneType = refused(400020, 'Service can only contain one rule type, BLACK or WHITE.');

const addRule = post(
  'R/microservices/${s}/rules',
  { rules: [white] },
  json({ RuleIds: [generatedId] }),
  {
    capture: { r: 'RuleIds.0' },
  },
);

/** The rules of a service (spec 01 §4.5). */
export const ruleCases: readonly ConformanceCase[] = [
  about(
    'add-rules',
    '01 §4.5',
    'a rule comes back with its id and its times',
    service('s'),
    get('R/microservices/${s}/rules', json({})),
    addRule,
    get(
      'R/microservices/${s}/rules',
      json({
        rules: [{ ruleId: '${r}', ...white, timestamp: unixSeconds, modTimestamp: unixSeconds }],
      }),
    ),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'a rule that is there already is skipped',
    service('s'),
    addRule,
    post('R/microservices/${s}/rules', { rules: [white] }, json({})),
    post(
      'R/microservices/${s}/rules',
      { rules: [white, { ...white, pattern: 'b' }] },
      json({ RuleIds: [generatedId] }),
    ),
    get('R/microservices/${s}/rules', json({ rules: setOf(anything, anything) })),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'only one type of rule',
    service('s'),
    post('R/microservices/${s}/rules', { rules: [white, { ...black, pattern: 'b' }] }, oneType),
    get('R/microservices/${s}/rules', json({})),
    addRule,
    post('R/microservices/${s}/rules', { rules: [{ ...black, pattern: 'b' }] }, oneType),
    get('R/microservices/${s}/rules', json({ rules: [partial({ ruleId: '${r}' })] })),
  ),
  about(
    'add-rules',
    '00 decision 8',
    'an unknown service is an invalid parameter here',
    post(
      'R/microservices/none/rules',
      { rules: [white] },
      refused(400001, 'Service does not exist.'),
    ),
  ),
  about(
    'add-rules',
    '01 §4.5',
    'a hundred rules and not one more',
    service('s'),
    post(
      'R/microservices/${s}/rules',
      { rules: Array.from({ length: 100 }, (_, index) => ({ ...white, pattern: `p${index}` })) },
      json({ RuleIds: anything }),
    ),
    post(
      'R/microservices/${s}/rules',
      { rules: [white] },
      refused(400100, 'no quota to create RULE, max num is 100, curNum is 100, apply num is 1'),
    ),
  ),
  about(
    'update-rule',
    '01 §4.5',
    'changes everything but the type',
    service('s'),
    addRule,
    put(
      'R/microservices/${s}/rules/${r}',
      { ruleType: 'WHITE', attribute: 'Version', pattern: '1', description: 'n' },
      done,
    ),
    get(
      'R/microservices/${s}/rules',
      json({
        rules: [
          partial({
            ruleId: '${r}',
            ruleType: 'WHITE',
            attribute: 'Version',
            pattern: '1',
            description: 'n',
          }),
        ],
      }),
    ),
    post('R/microservices/${s}/rules', { rules: [white] }, json({ RuleIds: [generatedId] })),
    put('R/microservices/${s}/rules/none', white, noRule),
  ),
  about(
    'update-rule',
    '01 §4.5',
    'the type stays, and that is said before the rule is looked for',
    service('s'),
    addRule,
    put('R/microservices/${s}/rules/${r}', black, refused(400021)),
    put('R/microservices/${s}/rules/none', black, refused(400021)),
    put('R/microservices/none/rules/${r}', black, unknownService),
  ),
  about(
    'delete-rules',
    '01 §4.5',
    'one, several, and none that is unknown',
    service('s'),
    post(
      'R/microservices/${s}/rules',
      { rules: [white, { ...white, pattern: 'b' }, { ...white, pattern: 'c' }] },
      json({ RuleIds: [generatedId, generatedId, generatedId] }),
      { capture: { r1: 'RuleIds.0', r2: 'RuleIds.1', r3: 'RuleIds.2' } },
    ),
    send('DELETE', 'R/microservices/${s}/rules/none', noRule),
    send('DELETE', 'R/microservices/${s}/rules/${r1}', done),
    send('DELETE', 'R/microservices/${s}/rules/${r1}', noRule),
    send('DELETE', 'R/microservices/${s}/rules/${r2},${r3}', done),
    get('R/microservices/${s}/rules', json({})),
    addRule,
  ),
];
