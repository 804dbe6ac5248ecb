import { copyOf, isObject, type Json } from '../json.js';
import type { Fault, FieldPath, ShapeFault } from './fault.js';
import { type FaultTarget, fits } from './fault-queue.js';

type Mutable = { [key: string]: Json | undefined };

/** Changes a successful response: the object, or the matching items of a list. */
export function reshape(
  body: Json | undefined,
  shapes: readonly (ShapeFault & Pick<Fault, 'match'>)[],
): Json | undefined {
  if (shapes.length === 0 || !isMutable(body)) return body;
  const shaped: Mutable = copyOf(body);
  const items = shaped.items ?? shaped.instances ?? shaped.data;
  const targets = Array.isArray(items) ? items.filter(isMutable) : [shaped];
  for (const shape of shapes) {
    for (const target of targets) {
      if (!Array.isArray(items) || fits(shape, targetOf(target))) reshapeOne(target, shape);
    }
  }
  return shaped;
}

function reshapeOne(target: Mutable, shape: ShapeFault): void {
  switch (shape.kind) {
    case 'unknownStatus':
      if (typeof target.status === 'string') target.status = shape.word;
      else set(target, ['status', 'phase'], shape.word);
      return;
    case 'missingFields':
      for (const path of shape.paths) withParent(target, path, (parent, key) => delete parent[key]);
      return;
    case 'nullFields':
      for (const path of shape.paths) set(target, path, null);
  }
}

function set(target: Mutable, path: FieldPath, value: Json): void {
  withParent(target, path, (parent, key) => {
    parent[key] = value;
  });
}

function withParent(target: Mutable, path: FieldPath, act: (parent: Mutable, key: string) => void): void {
  const keys = typeof path === 'string' ? path.split('.') : path;
  let here: Json | undefined = target;
  for (const key of keys.slice(0, -1)) here = isMutable(here) ? here[key] : undefined;
  const last = keys.at(-1);
  if (isMutable(here) && last !== undefined) act(here, last);
}

function targetOf(item: Mutable): FaultTarget {
  const metadata = isMutable(item.metadata) ? item.metadata : {};
  const labels = isMutable(metadata.labels) ? metadata.labels : {};
  const ids = [item.id, item.name, item.jobUUID, item.jobName, metadata.id, metadata.name, labels['os.modelarts/name']];
  const state = isMutable(item.status) ? item.status.phase : item.status;
  return {
    ids: ids.filter((id) => typeof id === 'string'),
    ...(typeof state === 'string' ? { state } : {}),
  };
}

function isMutable(value: unknown): value is Mutable {
  return isObject(value);
}
