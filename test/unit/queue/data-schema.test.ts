import { describe, expect, test } from '@jest/globals';
import { checkSchema, compileSchema } from '../../../app/queue/data-schema.js';

const mail = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://example.org/mail',
  type: 'object',
  required: ['to'],
  properties: { to: { type: 'string' }, tags: { type: 'array', items: { $ref: '#/$defs/tag' } } },
  additionalProperties: false,
  $defs: { tag: { enum: ['a', 'b'] } },
};

describe('a schema', () => {
  test('is used by several queues and again, whatever it is called', () => {
    for (let round = 0; round < 2; round += 1) {
      checkSchema(mail);
      expect(compileSchema({ ...mail })('{"to":"you"}')).toEqual([]);
    }
  });

  test.each([
    ['{"to":7}', [{ rule: 'data.to: must be string', got: '7' }]],
    ['{}', [{ rule: "data: must have required property 'to'", got: '{}' }]],
    ['{"to":"","a/b":1}', [{ rule: 'data: must NOT have additional properties ("a/b")', got: '{"to":"","a/b":1}' }]],
    ['{"to":"","tags":["a","c"]}', [{ rule: 'data.tags.1: must be equal to one of the allowed values', got: '"c"' }]],
    [`"${'x'.repeat(100)}"`, [{ rule: 'data: must be object', got: `"${'x'.repeat(59)}…` }]],
  ])('says where, what it wants and what came of %s', (data, faults) => {
    expect(compileSchema(mail)(data)).toEqual(faults);
  });

  test('ends although it refers to itself, and data be nested however deeply', () => {
    expect(compileSchema({ $ref: '#' })('1')).toEqual([
      { rule: expect.stringContaining('nested'), got: expect.any(String) },
    ]);
    const list = compileSchema({ type: 'array', items: { $ref: '#' } });
    const depth = 100_000;
    expect(list(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toHaveLength(1);
  });

  test.each([
    [{ type: 'text' }, /JSON Schema of draft 2020-12.*data\/type/s],
    [{ tpye: 'object' }, /unknown keyword: "tpye"/],
    [{ $ref: 'https://example.org/elsewhere' }, /can't resolve reference/],
    [{ pattern: '(' }, /Invalid regular expression/],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, /draft-07/],
    [{ const: 'x'.repeat(40_000) }, /at most 32768 bytes/],
  ])('that cannot be used is refused: %j', (schema, message) => {
    const refuse = () => {
      checkSchema(schema);
    };
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
