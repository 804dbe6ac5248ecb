import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';

/** `maops setup`: registers the search attributes of our workflows. Running it again changes nothing. */
const setup: Define = (command, run) => {
  command.addHelpText('after', example('maops setup')).action(() =>
    run(async (context) => {
      const [{ castError }, { ensureSearchAttributes, searchAttributes }, { connection, place }] = await Promise.all([
        import('../../client/temporal/errors.js'),
        import('../../worker/search-attributes.js'),
        context.session(),
      ]);
      const registered = await ensureSearchAttributes(connection, place.namespace).catch((error: unknown) => {
        throw castError(error, place, 'registering search attributes', 'server');
      });
      const names = searchAttributes.map(({ name }) => name);
      const text =
        registered.length === 0
          ? 'nothing to do: all search attributes are registered'
          : `registered ${registered.join(', ')}`;
      context.result(
        { address: place.address, namespace: place.namespace, registered, searchAttributes: names },
        (shown) => `${text} (namespace ${shown.namespace})`,
      );
      return exitCodes.done;
    }),
  );
};

export const commands = { setup };
