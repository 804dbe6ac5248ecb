import { describe, expect, test } from '@jest/globals';
import type { AuditProgress } from '../../src/contract/workflows.js';
import type { AuditFinding, AuditReport } from '../../src/domain/audit/report.js';
import { readRecorded } from '../../src/temporal/recorded-results.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { until } from '../support/until.js';
import { freshName, poolPart, publicNotebookPart } from './documents.js';

const stack = stackForFile();

async function audit(input: unknown = {}): Promise<AuditReport> {
  const handle = await stack().start('auditResources', `audit/${freshName()}`, input);
  const { report } = (await handle.result()) as AuditProgress;
  if (report === null) throw new Error('the audit has no report');
  return report;
}

const find = (report: AuditReport, name: string): AuditFinding | undefined =>
  report.findings.find((finding) => finding.name === name);

describe('an audit on a real server', () => {
  test('finds the operation of a notebook with another name in the list of operations', async () => {
    const [operation, name] = [freshName('op'), freshName('notebook')];
    const notebook = publicNotebookPart({ name });
    await (await stack().start('launchNotebook', `notebook/${operation}`, { name: operation, notebook })).result();
    // Until the list shows it, its owner is unknown: never an orphan.
    await until('the list of operations shows the notebook’s', async () => {
      const { standing } = find(await audit(), name) ?? {};
      expect(['unknown', 'owned']).toContain(standing);
      return standing === 'owned';
    });
    expect(find(await audit(), name)).toMatchObject({
      owner: `notebook/${operation}`,
      why: `lease/${operation}: Leased`,
    });
    await stack().client.workflow.getHandle(`lease/${operation}`).terminate('for the test');
    const orphan = find(await audit(), name);
    expect(orphan).toMatchObject({ standing: 'orphan', owner: `notebook/${operation}` });
    const adopted = await audit({ adopt: { id: orphan?.id, by: 'tester', reason: 'still in use' } });
    expect(find(adopted, name)).toMatchObject({ standing: 'owned' });
    expect(await stack().progress(`lease/${operation}`)).toMatchObject({
      phase: 'Leased',
      notebook: { id: orphan?.id },
    });
  });

  test('records its pages in its history, where they are read without a worker', async () => {
    const { client } = stack();
    const workflowId = `audit/${freshName()}`;
    const handle = await stack().start('auditResources', workflowId, {});
    const { report, runId } = (await handle.result()) as AuditProgress;
    const pages = await readRecorded(client.workflow, { workflowId, runId }, 'auditPage');
    expect(pages).toMatchObject([{ next: null, unread: [] }]);
    expect(pages).toMatchObject([{ findings: expect.arrayContaining([...(report?.findings ?? [])]) }]);
  });

  test('reports foreign, unknown while a resource without a known name is young, and follows a transfer', async () => {
    const [foreign, nameless, name] = [freshName('foreign'), freshName('nameless'), freshName()];
    await stack().place('pools', { name: foreign, description: 'not ours' });
    await stack().place('pools', { name: nameless, description: `maops:${stack().installation}-aaaaaaaa-11111111` });
    const handle = await stack().start('provisionPool', `pool/${name}`, { name, pool: poolPart() });
    // From the operation to its lease there is no moment in which it has no owner.
    const operation = { ended: false };
    const end = handle.result().finally(() => {
      operation.ended = true;
    });
    const ownershipStatuses = new Set<string | undefined>();
    while (!operation.ended) ownershipStatuses.add(find(await audit(), name)?.standing);
    await end;
    ownershipStatuses.add(find(await audit(), name)?.standing);
    expect([...ownershipStatuses].filter((standing) => standing !== undefined)).toEqual(['owned']);
    const report = await audit();
    expect(find(report, foreign)).toMatchObject({ standing: 'foreign', marker: null });
    expect(find(report, nameless)).toMatchObject({ standing: 'unknown', owner: null });
  });
});
