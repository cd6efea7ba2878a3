// What each of several workers runs; see cluster.ts. Its number is all that it is told.
import { startWorker } from './main'

await startWorker(Number(process.argv[2]))
