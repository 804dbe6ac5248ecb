import type { ImageFacts } from '../domain/resource/image.js';

/** What the API reports before anything is created. Null is unknown, and no conclusion is drawn from it. */
export interface SpecFacts {
  /** Names of all pool flavors of the project. */
  readonly poolFlavors: readonly string[] | null;
  /** The pool that a `launchNotebook` names. */
  readonly notebookPool: NotebookPoolFacts | null;
  /** Profiles and flavors of existing notebooks: they have worked before. */
  readonly usedProfiles: readonly string[];
  readonly usedFlavors: readonly string[];
  /** The images that `notebook.image` may mean. */
  readonly images: readonly ImageFacts[] | null;
  /** The flavors of the current notebook API. */
  readonly notebookFlavors: readonly NotebookFlavorFacts[] | null;
}

/** `isSoldOut` is null when the service reports nothing. */
export interface NotebookFlavorFacts {
  readonly name: string;
  readonly isSoldOut: boolean | null;
}

/** `isThere` is false when the service reports that the pool does not exist. */
export interface NotebookPoolFacts {
  readonly isThere: boolean;
  readonly isLeaving: boolean;
  readonly scopes: readonly string[];
  readonly flavors: readonly string[];
}

/** A value of the spec that cannot be checked before it is used. */
export interface NotChecked {
  /** Dotted path. */
  readonly field: string;
  readonly value: string;
  readonly why: string;
  /** Values from the documentation of the API and from existing notebooks. */
  readonly known: readonly string[];
}

export const noFacts: SpecFacts = {
  poolFlavors: null,
  notebookPool: null,
  usedProfiles: [],
  usedFlavors: [],
  images: null,
  notebookFlavors: null,
};
