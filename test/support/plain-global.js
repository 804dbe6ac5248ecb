import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node.js with an ordinary global object. Jest's own one is a proxy, so each use of `Object`,
 * `Promise` or another global takes up to a microsecond. That was an eighth of the CPU time of the scenarios.
 */
export default class PlainGlobal extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    // Jest creates the context in its constructor, and has no option for it.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
