import { deleteImage, listImageGroups, listImages, registerImage, showImage } from '../images/image-handlers.js';
import { saveImage } from '../images/save-image.js';
import { type Route, route } from '../route.js';
import { listClusters, showCluster } from './clusters.js';
import { showFeature } from './features.js';
import { listChangeableFlavors, listNotebookFlavors } from './flavors.js';
import {
  createCurrentNotebook,
  deleteCurrentNotebook,
  showCurrentNotebook,
  updateCurrentNotebook,
} from './handlers.js';
import { listAll, listOwn } from './list.js';
import { listMounts, mountStorage, showMount, unmountStorage } from './mounts.js';
import { renewLease, showLease, startCurrentNotebook, stopCurrentNotebook } from './power.js';
import { addTags, listTags, removeTags } from './tags.js';

const NOTEBOOKS = '/v1/{project}/notebooks';
const NOTEBOOK = `${NOTEBOOKS}/{notebook}`;
const IMAGES = '/v1/{project}/images';
const CLUSTERS = '/v1/{project}/authoring/clusters';

/**
 * The operations of the current notebook API (docs/api/notebooks-current.md "1. Calls"). A fixed path stands before
 * `{notebook}`.
 */
export const CURRENT_NOTEBOOK_ROUTES: readonly Route[] = [
  route('currentNotebooks.create', 'POST', NOTEBOOKS, createCurrentNotebook),
  route('currentNotebooks.list', 'GET', NOTEBOOKS, listOwn),
  route('currentNotebooks.listAll', 'GET', `${NOTEBOOKS}/all`, listAll),
  route('currentNotebooks.flavors', 'GET', `${NOTEBOOKS}/flavors`, listNotebookFlavors),
  route('currentNotebooks.listTags', 'GET', `${NOTEBOOKS}/tags`, listTags),
  route('currentNotebooks.show', 'GET', NOTEBOOK, showCurrentNotebook),
  route('currentNotebooks.update', 'PUT', NOTEBOOK, updateCurrentNotebook),
  route('currentNotebooks.delete', 'DELETE', NOTEBOOK, deleteCurrentNotebook),
  route('currentNotebooks.start', 'POST', `${NOTEBOOK}/start`, startCurrentNotebook),
  route('currentNotebooks.stop', 'POST', `${NOTEBOOK}/stop`, stopCurrentNotebook),
  route('currentNotebooks.showLease', 'GET', `${NOTEBOOK}/lease`, showLease),
  route('currentNotebooks.renewLease', 'PATCH', `${NOTEBOOK}/lease`, renewLease),
  route('currentNotebooks.changeableFlavors', 'GET', `${NOTEBOOK}/flavors`, listChangeableFlavors),
  route('currentNotebooks.createImage', 'POST', `${NOTEBOOK}/create-image`, saveImage),
  route('currentNotebooks.listStorage', 'GET', `${NOTEBOOK}/storage`, listMounts),
  route('currentNotebooks.mountStorage', 'POST', `${NOTEBOOK}/storage`, mountStorage),
  route('currentNotebooks.showStorage', 'GET', `${NOTEBOOK}/storage/{storage}`, showMount),
  route('currentNotebooks.unmountStorage', 'DELETE', `${NOTEBOOK}/storage/{storage}`, unmountStorage),
  route('currentNotebooks.addTags', 'POST', `${NOTEBOOK}/tags/create`, addTags),
  route('currentNotebooks.removeTags', 'DELETE', `${NOTEBOOK}/tags/delete`, removeTags),
  route('images.groups', 'GET', `${IMAGES}/group`, listImageGroups),
  route('images.register', 'POST', IMAGES, registerImage),
  route('images.list', 'GET', IMAGES, listImages),
  route('images.show', 'GET', `${IMAGES}/{image}`, showImage),
  route('images.delete', 'DELETE', `${IMAGES}/{image}`, deleteImage),
  route('features.show', 'GET', '/v1/{project}/authoring/features/{feature}', showFeature),
  route('clusters.list', 'GET', CLUSTERS, listClusters),
  route('clusters.show', 'GET', `${CLUSTERS}/{cluster}`, showCluster),
];
