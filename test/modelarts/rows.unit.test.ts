import fc from 'fast-check';
import { endpoint } from '../../src/modelarts/call.js';
import { type RowPage, readRows } from '../../src/modelarts/resources/rows.js';
import { currentNotebookPageSchema } from '../../src/modelarts/schemas/current-notebook.js';
import { failureOf } from './fake-service.js';

const list = endpoint('currentNotebooks.list', 'GET', '/v1/{project_id}/notebooks', currentNotebookPageSchema);

interface Row {
  readonly id: string;
}

/** Reads a list that `change` may alter after every page. */
function reading(rows: Row[], change: (rows: Row[], page: number) => void, limit: number, hasTotal = true) {
  let page = 0;
  const offsets: number[] = [];
  const read = async ({ offset }: { offset: number }): Promise<RowPage<Row>> => {
    offsets.push(offset);
    const answer = { data: rows.slice(offset, offset + limit), total: hasTotal ? rows.length : undefined };
    change(rows, page);
    page += 1;
    return await Promise.resolve(answer);
  };
  return { result: readRows({ endpoint: list, limit, idOf: ({ id }) => id, read }), offsets };
}

const numbered = (count: number): Row[] => Array.from({ length: count }, (_, n) => ({ id: `n${n}` }));
const nothing = () => undefined;

describe('reading a list by row offset', () => {
  test.each([0, 1, 3, 4, 5, 7, 8, 20])('%i rows in pages of 4, with and without a total', async (count) => {
    for (const hasTotal of [true, false]) {
      const rows = await reading(numbered(count), nothing, 4, hasTotal).result;
      expect(rows.map(({ id }) => id)).toEqual(numbered(count).map(({ id }) => id));
    }
  });

  test('one page is one request, also when it is full', async () => {
    const { result, offsets } = reading(numbered(4), nothing, 4);
    await result;
    expect(offsets).toEqual([0]);
  });

  test('a row that is deleted while the list is read does not hide another', async () => {
    const deleteOnce = (rows: Row[], page: number) => {
      if (page === 0) rows.shift();
    };
    const { result, offsets } = reading(numbered(6), deleteOnce, 4);
    expect((await result).map(({ id }) => id)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    expect(offsets).toEqual([0, 3, 0, 3]);
  });

  test('a list that never stops changing is reported, and not returned', async () => {
    const always = (rows: Row[]) => {
      rows.shift();
      rows.push({ id: `new${rows.length}${String(Math.random())}` });
    };
    const error = await failureOf(reading(numbered(9), always, 4).result);
    expect(error).toMatchObject({ kind: 'malformed', operation: 'currentNotebooks.list', outcomeUnknown: false });
  });

  test('fewer rows than the total are reported', async () => {
    const read = async () => await Promise.resolve({ data: numbered(2), total: 3 });
    const error = await failureOf(readRows({ endpoint: list, limit: 4, idOf: ({ id }: Row) => id, read }));
    expect(error).toMatchObject({ kind: 'malformed' });
  });

  test('a service that always returns full pages is read no further than the bound', async () => {
    let next = 0;
    const read = async ({ offset, limit }: { offset: number; limit: number }) => {
      next += 1;
      return await Promise.resolve({ data: Array.from({ length: limit }, (_, n) => ({ id: `n${offset + n}` })) });
    };
    const error = await failureOf(readRows({ endpoint: list, limit: 1000, idOf: ({ id }: Row) => id, read }));
    expect(error).toMatchObject({ kind: 'malformed' });
    expect(next).toBeLessThan(200);
  });

  test('whatever comes and goes meanwhile: every row that stays is returned, or the read fails', async () => {
    const changes = fc.array(fc.array(fc.record({ add: fc.boolean(), at: fc.nat(30) }), { maxLength: 3 }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 2, max: 7 }),
        changes,
        async (count, limit, plan) => {
          const rows = numbered(count);
          const deleted = new Set<string>();
          let fresh = 0;
          const apply = (list: Row[], page: number) => {
            for (const { add, at } of plan[page] ?? []) {
              fresh += 1;
              if (add) list.push({ id: `new${fresh}` });
              else for (const row of list.splice(at, 1)) deleted.add(row.id);
            }
          };
          const ids = await reading(rows, apply, limit).result.then(
            (found) => found.map(({ id }) => id),
            () => null,
          );
          if (ids === null) return;
          const staying = numbered(count).filter(({ id }) => !deleted.has(id));
          expect(ids).toEqual(expect.arrayContaining(staying.map(({ id }) => id)));
        },
      ),
    );
  });
});
