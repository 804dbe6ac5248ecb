import { testSeeds } from './seed-suite.js';

testSeeds(120, 150);
