import { copyOf, isObject, type Json } from '../json.js';
import type { Fault, FieldPath, ShapeFault } from './fault.js';
import { fits, type Subject } from './fault-queue.js';

type Mutable = { [key: string]: unknown };

/** Changes how a good answer looks: the object itself, or the fitting items of a list. */
export function reshape(
  body: Json | undefined,
  shapes: readonly (ShapeFault & Pick<Fault, 'match'>)[],
): Json | undefined {
  if (shapes.length === 0 || !isObject(body)) return body;
  const shaped = copyOf(body) as Mutable;
  const items = shaped.items ?? shaped.instances;
  const targets = Array.isArray(items) ? items.filter(isObject) : [shaped];
  for (const shape of shapes) {
    for (const target of targets) {
      if (targets.length === 1 || fits(shape, subjectOf(target))) reshapeOne(target as Mutable, shape);
    }
  }
  return shaped as Json;
}

function reshapeOne(target: Mutable, shape: ShapeFault): void {
  switch (shape.kind) {
    case 'unknownStatus':
      if (typeof target.status === 'string') target.status = shape.word;
      else if (isObject(target.status)) (target.status as Mutable).phase = shape.word;
      return;
    case 'missingFields':
      for (const path of shape.paths) withParent(target, path, (parent, key) => delete parent[key]);
      return;
    case 'nullFields':
      for (const path of shape.paths) {
        withParent(target, path, (parent, key) => {
          parent[key] = null;
        });
      }
  }
}

function withParent(target: Mutable, path: FieldPath, act: (parent: Mutable, key: string) => void): void {
  const keys = typeof path === 'string' ? path.split('.') : path;
  let here: unknown = target;
  for (const key of keys.slice(0, -1)) here = isObject(here) ? here[key] : undefined;
  const last = keys.at(-1);
  if (isObject(here) && last !== undefined) act(here as Mutable, last);
}

function subjectOf(item: Mutable): Subject {
  const metadata = isObject(item.metadata) ? item.metadata : {};
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  const ids = [item.id, item.name, metadata.name, labels['os.modelarts/name']];
  const state = isObject(item.status) ? item.status.phase : item.status;
  return {
    ids: ids.filter((id) => typeof id === 'string'),
    ...(typeof state === 'string' ? { state } : {}),
  };
}
