import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { RowParser } from '../../src/modelarts/listed-rows.js';
import { notebookListSchema, notebookRowsSchema, notebookSchema } from '../../src/modelarts/schemas/notebook.js';
import { poolListSchema, poolRowsSchema, poolSchema } from '../../src/modelarts/schemas/pool.js';
import { withoutNulls } from '../../src/modelarts/schemas/tolerant.js';
import { connect, failureOf } from './fake-service.js';

const call = { operation: 'pools.list', method: 'GET', template: '/v2/{project_id}/pools' };
const id = fc.constantFrom<unknown>('a', 'b', 'c', 7, '', null, {});
const status = fc.dictionary(fc.constantFrom('phase', 'message', 'resources', 'scope'), fc.jsonValue());
const poolRow = fc.record(
  { metadata: fc.record({ name: id, labels: fc.jsonValue() }, { requiredKeys: [] }), spec: fc.jsonValue(), status },
  { requiredKeys: [] },
);
const notebookRow = fc.record({ id, status: fc.jsonValue(), spec: fc.jsonValue() }, { requiredKeys: [] });
const anyRow = <Row>(row: fc.Arbitrary<Row>) => fc.oneof({ arbitrary: row, weight: 9 }, fc.constant(null));
/** The response as the transport hands it to a schema of rows. */
const shallow = (body: unknown) => withoutNulls(JSON.parse(JSON.stringify(body)), 2);

describe('the rows of a list', () => {
  test('of pools are those of the whole list, whatever the response', () => {
    fc.assert(
      fc.property(fc.record({ items: fc.oneof(fc.array(anyRow(poolRow)), fc.jsonValue()) }), (body) => {
        const whole = poolListSchema.safeParse(withoutNulls(body));
        const raw = poolRowsSchema.safeParse(shallow(body));
        expect(raw.success).toBe(whole.success);
        if (!raw.success || !whole.success) return;
        const rows = new RowParser(poolSchema, call).rows(raw.data);
        const expected = new Map(whole.data.items.map((pool) => [pool.metadata.name, pool]));
        for (const name of ['a', 'b', 'c', '7', 'd']) expect(rows.get(name)).toEqual(expected.get(name));
      }),
    );
  });

  test('of notebooks are those of the whole list, whatever the response', () => {
    fc.assert(
      fc.property(fc.record({ instances: fc.array(anyRow(notebookRow)) }), (body) => {
        const whole = notebookListSchema.safeParse(withoutNulls(body));
        const raw = notebookRowsSchema.safeParse(shallow(body));
        expect(raw.success).toBe(whole.success);
        if (!raw.success || !whole.success) return;
        const rows = new RowParser(notebookSchema, call).rows(raw.data);
        const expected = new Map(whole.data.instances.map((one) => [one.id, one]));
        for (const name of ['a', 'b', 'c', '7', 'd']) expect(rows.get(name)).toEqual(expected.get(name));
      }),
    );
  });

  test('are parsed when somebody asks for them, and again when they have changed', () => {
    const parsed: unknown[] = [];
    const schema = z.looseObject({ phase: z.string() }).transform((row) => {
      parsed.push(row.phase);
      return row;
    });
    const parser = new RowParser(schema, call);
    const list = (phases: Record<string, string>) =>
      parser.rows(new Map(Object.entries(phases).map(([name, phase]) => [name, { phase }])));
    const first = list({ a: 'Creating', b: 'Running', c: 'Running' });
    expect([first.get('a'), first.get('b'), first.get('a'), first.get('d')]).toMatchObject([
      { phase: 'Creating' },
      { phase: 'Running' },
      { phase: 'Creating' },
      undefined,
    ]);
    expect(parsed).toEqual(['Creating', 'Running']);
    const second = list({ a: 'Running', b: 'Running', c: 'Running' });
    expect(second.get('b')).toBe(first.get('b'));
    expect(second.get('a')).toMatchObject({ phase: 'Running' });
    expect(parsed).toEqual(['Creating', 'Running', 'Running']);
    // Nobody asked for `a`, so it is not kept.
    list({ a: 'Running', b: 'Running' }).get('b');
    list({ a: 'Running', b: 'Running' }).get('a');
    expect(parsed).toHaveLength(4);
  });

  test('that cannot be read throw a typed error without their content', () => {
    const rows = new RowParser(z.literal('Running'), call).rows(new Map([['a', 'tok-secret']]));
    const read = (): unknown => rows.get('a');
    expect(read).toThrow(expect.objectContaining({ name: 'ModelArtsError', kind: 'malformed', ...call }));
    expect(read).not.toThrow('tok-secret');
  });

  test('rows of current notebooks have no token', async () => {
    const { modelarts } = connect(() => ({ body: { data: [null, { id: 'n', token: 'tok-secret', url: null }] } }));
    const rows = await modelarts.currentNotebooks.listRows();
    expect([...rows]).toEqual([['n', { id: 'n', url: null }]]);
  });

  test('without an id make the response malformed', async () => {
    const { modelarts } = connect(() => ({ body: { items: [{ metadata: { name: 'a' } }, { metadata: {} }] } }));
    expect(await failureOf(modelarts.pools.listRows())).toMatchObject({ kind: 'malformed' });
  });
});

test('nulls are dropped down to a depth, and members keep their names', () => {
  const value = JSON.parse('{"a":null,"b":[null,{"c":null,"d":[null]}],"__proto__":{"e":null}}');
  expect(JSON.stringify(withoutNulls(value))).toBe('{"b":[{"d":[]}],"__proto__":{}}');
  expect(JSON.stringify(withoutNulls(value, 2))).toBe('{"b":[{"c":null,"d":[null]}],"__proto__":{}}');
});
