import type { CurrentNotebookRecord, OwnImageRecord } from './current-notebooks/record.js';
import type {
  NetworkRecord,
  NotebookRecord,
  OrderRecord,
  PoolLog,
  PoolRecord,
  ScheduledTransition,
  TokenRecord,
  WorkloadIncident,
  WorkloadRecord,
} from './records.js';

/** The whole state of the simulator, as plain JSON. */
export interface SimState {
  sequence: number;
  pools: PoolRecord[];
  /** Notebooks of the historical API. */
  notebooks: NotebookRecord[];
  currentNotebooks: CurrentNotebookRecord[];
  /** Images of the account. Those of the service are in the catalogue. */
  images: OwnImageRecord[];
  networks: NetworkRecord[];
  workloads: WorkloadRecord[];
  /** The last 1,000. */
  orders: OrderRecord[];
  /** By internal id of the pool. */
  poolLogs: Record<string, PoolLog>;
  /** The last 10,000. */
  workloadIncidents: WorkloadIncident[];
  tokens: TokenRecord[];
  workspaces: string[];
  /** The status of a pool flavor by AZ: `normal` or `soldout`. */
  sale: Record<string, Record<string, string>>;
  /** The status of a notebook flavor: `onSale` or `soldOut`. */
  notebookSale: Record<string, string>;
  /** By access key: consecutive failures, and the end of a lock in the clients' time. */
  keyFailures: Record<string, { count: number; lockedUntil?: number }>;
  agenda: ScheduledTransition[];
}
