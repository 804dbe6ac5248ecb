import { testSeeds } from './suite.js';

testSeeds(120, 150);
