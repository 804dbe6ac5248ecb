import type { ConnectionLike } from '@temporalio/client';
import {
  encodeSearchAttributeIndexedValueType,
  type SearchAttributeKey,
  type SearchAttributeType,
} from '@temporalio/common/lib/search-attributes.js';
import {
  environmentAttribute,
  leaseEndsAtAttribute,
  overdueAttribute,
  phaseAttribute,
  poolAttribute,
} from '../contract/search-attributes.js';

/** Every search attribute that our workflows write. Without them a server retries workflow tasks forever. */
export const searchAttributes: readonly SearchAttributeKey<SearchAttributeType>[] = [
  environmentAttribute,
  phaseAttribute,
  poolAttribute,
  overdueAttribute,
  leaseEndsAtAttribute,
];

/** The names of the types in the Temporal CLI. */
const cliTypes: Partial<Record<SearchAttributeType, string>> = {
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD: 'Keyword',
};

/** The `Name=Type` words that `temporal server start-dev --search-attribute` takes. */
export function searchAttributeWords(): string[] {
  return searchAttributes.map(({ name, type }) => `${name}=${cliTypes[type] ?? type}`);
}

/** The attributes that the namespace lacks or has with another type. */
export async function missingSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
): Promise<SearchAttributeKey<SearchAttributeType>[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return searchAttributes.filter(
    ({ name, type }) => customAttributes[name] !== encodeSearchAttributeIndexedValueType(type),
  );
}

/** Registers the missing attributes and returns their names. A second call has no effect. */
export async function ensureSearchAttributes(connection: ConnectionLike, namespace: string): Promise<string[]> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return [];
  const added = Object.fromEntries(missing.map(({ name, type }) => [name, indexedType(type)]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: added });
  return missing.map(({ name }) => name);
}

function indexedType(type: SearchAttributeType): number {
  const encoded = encodeSearchAttributeIndexedValueType(type);
  if (encoded === undefined) throw new Error(`search attribute type ${type} has no code`);
  return encoded;
}
