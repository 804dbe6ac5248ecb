import { z } from 'zod';
import { pageOf } from './current-notebook.js';
import { nonEmpty, type RequestOf } from './request-parts.js';
import { count, epoch, identity, many, text } from './tolerant.js';

/** An image for notebooks (docs/api/notebooks-current.md "3. The instance object", `image`). */
export const imageSchema = z.looseObject({
  id: identity,
  name: text,
  swr_path: text,
  tag: text,
  /** `BUILD_IN` or `DEDICATED`. */
  type: text,
  description: text,
  /** `ACTIVE` when it can be used. */
  status: text,
  status_message: text,
  arch: text,
  namespace: text,
  origin: text,
  /** Services with which a notebook of this image opens, such as `NOTEBOOK` and `SSH`. */
  dev_services: many(z.string()),
  resource_categories: many(z.string()),
  support_res_categories: many(z.string()),
  service_type: text,
  /** KB. */
  size: count,
  visibility: text,
  workspace_id: text,
  flavor_type: text,
  show_name: text,
  show_tag: text,
  create_at: epoch,
  update_at: epoch,
});

/** One page of images. */
export const imagePageSchema = pageOf(imageSchema);

/** The images of one name (docs/api/notebooks-current.md "9. Other calls", C19). */
const imageGroupSchema = z.looseObject({ name: text, namespace: text, version_count: count });

/** One page of groups. */
export const imageGroupPageSchema = pageOf(imageGroupSchema);

/** The query of a list (docs/api/notebooks-current.md "9. Other calls", C19). */
export const imageFilterSchema = z.strictObject({
  /** @defaultValue `BUILD_IN` */
  type: z.enum(['BUILD_IN', 'DEDICATED']).optional(),
  name: nonEmpty.optional(),
  name_fuzzy_match: z.boolean().transform(String).optional(),
  namespace: nonEmpty.optional(),
  service_type: nonEmpty.optional(),
  workspace_id: nonEmpty.optional(),
});

/** The body of a registration. */
export const imageRegisterSchema = z.strictObject({
  swr_path: nonEmpty,
  description: z.string().max(512, 'at most 512 characters').optional(),
  arch: z.enum(['X86_64', 'AARCH64']).optional(),
  origin: z.enum(['CUSTOMIZE', 'IMAGE_SAVE']).optional(),
  services: z.array(nonEmpty).optional(),
  resource_category: z.array(nonEmpty).optional(),
  service_type: nonEmpty.optional(),
  visibility: nonEmpty.optional(),
  workspace_id: nonEmpty.optional(),
  swr_instance_id: nonEmpty.optional(),
});

/** An image for notebooks. */
export type Image = z.output<typeof imageSchema>;
/** A group of images. */
export type ImageGroup = z.output<typeof imageGroupSchema>;
/** Which images to list. */
export type ImageFilter = RequestOf<z.input<typeof imageFilterSchema>>;
/** The request to register an image. */
export type ImageRegister = RequestOf<z.input<typeof imageRegisterSchema>>;
