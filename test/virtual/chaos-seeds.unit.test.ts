import { testSeeds } from '../support/virtual/chaos-suite.js';

testSeeds(120, 150);
