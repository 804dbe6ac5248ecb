import type { Payload } from '@temporalio/common';
import { searchAttributePayloadConverter } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import type { WorkflowRun } from './workflow-run.js';

const statusNames: Readonly<Record<WorkflowRun['status'], string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
};

const term = /^\s*([A-Za-z]+)\s*(!=|=|<=|>=|<|>|IN|STARTS_WITH|IS)\s*(.*?)\s*$/is;

/** The list filters that the product uses: comparisons joined by AND and OR, without parentheses. */
export function matches(run: WorkflowRun, query: string): boolean {
  const filter = query.replace(/\s+ORDER BY\s.*$/is, '').trim();
  if (filter === '') return true;
  return filter
    .split(/\s+OR\s+/i)
    .some((alternative) => alternative.split(/\s+AND\s+/i).every((condition) => holds(run, condition)));
}

function holds(run: WorkflowRun, condition: string): boolean {
  const [, field = '', operator = '', operand = ''] =
    term.exec(
      condition.replace(/^\(|\)$/g, (brace) => (condition.includes(' IN ') || condition.includes(' in ') ? brace : '')),
    ) ?? [];
  if (field === '') throw new Error(`temporal-sim does not support the list filter "${condition}".`);
  const value = fieldOf(run, field);
  switch (operator.toUpperCase()) {
    case '=':
      return value === unquoted(operand);
    case '!=':
      return value !== unquoted(operand);
    case '<':
      return value !== null && value < unquoted(operand);
    case '<=':
      return value !== null && value <= unquoted(operand);
    case '>':
      return value !== null && value > unquoted(operand);
    case '>=':
      return value !== null && value >= unquoted(operand);
    case 'STARTS_WITH':
      return value?.startsWith(unquoted(operand)) === true;
    case 'IN':
      return operand
        .replace(/^\(|\)$/g, '')
        .split(',')
        .map(unquoted)
        .includes(value ?? '');
    case 'IS':
      return (value === null) === /^null$/i.test(operand);
    default:
      throw new Error(`temporal-sim does not support the operator ${operator}.`);
  }
}

function unquoted(operand: string): string {
  return operand.trim().replace(/^(['"])(.*)\1$/s, '$2');
}

function fieldOf(run: WorkflowRun, field: string): string | null {
  switch (field) {
    case 'WorkflowId':
      return run.workflowId;
    case 'RunId':
      return run.runId;
    case 'WorkflowType':
      return run.workflowType;
    case 'ExecutionStatus':
      return statusNames[run.status];
    case 'StartTime':
      return new Date(run.startedAt).toISOString();
    case 'CloseTime':
      return run.closedAt === null ? null : new Date(run.closedAt).toISOString();
    default: {
      const [first] = attributeOf(run.searchAttributes[field]);
      return first === undefined
        ? null
        : first instanceof Date
          ? first.toISOString()
          : `${first as string | number | boolean}`;
    }
  }
}

function attributeOf(from: Payload | undefined): readonly unknown[] {
  if (from === undefined) return [];
  const value = searchAttributePayloadConverter.fromPayload<unknown>(from);
  return Array.isArray(value) ? value : [value];
}

/** Search attributes as plain values. */
export function searchAttributesOf(run: WorkflowRun): Record<string, unknown> {
  const entries = Object.entries(run.searchAttributes).map(([name, from]) => [name, attributeOf(from)[0]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
