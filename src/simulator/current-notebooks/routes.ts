import { listImages, showImage } from '../images/image-handlers.js';
import { type Route, route } from '../route.js';
import { showFeature } from './features.js';
import { listChangeableFlavors, listNotebookFlavors } from './flavors.js';
import {
  createCurrentNotebook,
  deleteCurrentNotebook,
  showCurrentNotebook,
  updateCurrentNotebook,
} from './handlers.js';
import { listAll, listOwn } from './list.js';
import { renewLease, showLease, startCurrentNotebook, stopCurrentNotebook } from './power.js';

const NOTEBOOKS = '/v1/{project}/notebooks';
const NOTEBOOK = `${NOTEBOOKS}/{notebook}`;
const IMAGES = '/v1/{project}/images';

/** The operations of the current notebook API (docs/api/notebooks-current.md "1. Calls"). A fixed path stands before `{notebook}`. */
export const CURRENT_NOTEBOOK_ROUTES: readonly Route[] = [
  route('currentNotebooks.create', 'POST', NOTEBOOKS, createCurrentNotebook),
  route('currentNotebooks.list', 'GET', NOTEBOOKS, listOwn),
  route('currentNotebooks.listAll', 'GET', `${NOTEBOOKS}/all`, listAll),
  route('currentNotebooks.flavors', 'GET', `${NOTEBOOKS}/flavors`, listNotebookFlavors),
  route('currentNotebooks.show', 'GET', NOTEBOOK, showCurrentNotebook),
  route('currentNotebooks.update', 'PUT', NOTEBOOK, updateCurrentNotebook),
  route('currentNotebooks.delete', 'DELETE', NOTEBOOK, deleteCurrentNotebook),
  route('currentNotebooks.start', 'POST', `${NOTEBOOK}/start`, startCurrentNotebook),
  route('currentNotebooks.stop', 'POST', `${NOTEBOOK}/stop`, stopCurrentNotebook),
  route('currentNotebooks.showLease', 'GET', `${NOTEBOOK}/lease`, showLease),
  route('currentNotebooks.renewLease', 'PATCH', `${NOTEBOOK}/lease`, renewLease),
  route('currentNotebooks.changeableFlavors', 'GET', `${NOTEBOOK}/flavors`, listChangeableFlavors),
  route('images.list', 'GET', IMAGES, listImages),
  route('images.show', 'GET', `${IMAGES}/{image}`, showImage),
  route('features.show', 'GET', '/v1/{project}/authoring/features/{feature}', showFeature),
];
