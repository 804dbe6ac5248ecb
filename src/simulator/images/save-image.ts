import { invalid, wrongState } from '../current-notebooks/errors.js';
import { findCurrentNotebook } from '../current-notebooks/handlers.js';
import { affectedCurrentNotebook, applyOutcomes } from '../faults/outcomes.js';
import { isObject, type JsonObject, textAt } from '../json.js';
import { enterCurrentStatus } from '../lifecycles/current-notebook-lifecycle.js';
import { enterImageStatus } from '../lifecycles/image-lifecycle.js';
import type { Call, HandlerResult, World } from '../world.js';
import { findImage } from './image-handlers.js';
import { imageView } from './image-view.js';
import { newImage } from './new-image.js';

const NAME = /^[a-z0-9._-]{1,128}$/;
const NAMESPACE = /^[a-z][a-z0-9._-]{0,63}$/;
const TAG = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * POST create-image: saves a RUNNING notebook as an image. It is SNAPSHOTTING meanwhile (docs/api/notebooks-current.md
 * "9. Other calls").
 */
export function saveImage(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const { body } = call;
  if (call.malformed || !isObject(body)) throw invalid('the body must be an object.');
  const name = matching(body, 'name', NAME);
  const namespace = matching(body, 'namespace', NAMESPACE);
  const tag = body.tag === undefined ? 'latest' : matching(body, 'tag', TAG);
  if (notebook.status !== 'RUNNING') throw wrongState(notebook.status);
  const base = findImage(world, notebook.imageId);
  const image = newImage(world, {
    name,
    namespace,
    tag,
    description: textAt(body, 'description') ?? '',
    arch: base?.arch ?? 'x86_64',
    categories: base?.categories ?? ['CPU'],
    services: base?.services ?? ['NOTEBOOK', 'SSH'],
    origin: 'IMAGE_SAVE',
    workspaceId: textAt(body, 'workspace_id') ?? notebook.workspaceId,
    visibility: 'PRIVATE',
  });
  applyOutcomes(world, image, affectedCurrentNotebook(''), call.takeOutcomes());
  world.state.images.push(image);
  const now = world.clock.now();
  enterImageStatus(world, image, 'INIT', now);
  enterCurrentStatus(world, notebook, 'SNAPSHOTTING', now);
  call.commit(`saved notebook ${notebook.id} as image ${image.id}`);
  return { status: 200, body: imageView(world, image, call.operation) };
}

function matching(body: JsonObject, key: string, pattern: RegExp): string {
  const text = textAt(body, key) ?? '';
  if (!pattern.test(text)) throw invalid(`'${key}' is incorrect.`);
  return text;
}
