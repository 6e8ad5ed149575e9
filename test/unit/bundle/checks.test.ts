import { describe, expect, test } from '@jest/globals';
import { checks } from '../../../cdk8s/checks.js';
import { parseValues, renderManifests } from '../../../cdk8s/render.js';
import { RefusedValues } from '../../../cdk8s/template/index.js';
import { refusedExamples } from '../../support/refused.js';

const release = { name: 'test', namespace: 'default' };

describe('combinations of values that cannot work are refused', () => {
  test.each(refusedExamples.map(({ id, values, says }) => [id, values, says] as const))('%s', (id, values, says) => {
    const refusal = refusalOf(values);
    expect(refusal).toContain(says);
    const fix = checks.find((check) => check.id === id)?.fix;
    expect(refusal).toContain(fix);
  });

  test('every check has an example that it refuses', () => {
    expect([...new Set(refusedExamples.map(({ id }) => id))].sort()).toEqual(checks.map(({ id }) => id).sort());
  });

  test('all that is wrong is said at once', () => {
    const refusal = refusalOf({ sentinel: { replicas: 4, downAfterMs: 1500 } });
    expect(refusal).toContain('sentinel.replicas is 4');
    expect(refusal).toContain('sentinel.downAfterMs is 1500');
  });

  test('the defaults are not refused', () => {
    expect(() => renderManifests(parseValues({}), release)).not.toThrow();
  });

  test('what another mode does not use is not checked', () => {
    expect(() =>
      renderManifests(parseValues({ mode: 'standalone', sentinel: { replicas: 4 } }), release),
    ).not.toThrow();
  });
});

function refusalOf(values: unknown): string {
  try {
    renderManifests(parseValues(values), release);
  } catch (error) {
    if (error instanceof RefusedValues) return error.message;
    throw error;
  }
  throw new Error('these values were expected to be refused');
}
