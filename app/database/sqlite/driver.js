// The one place that loads SQLite's driver: it says in a sentence what would be a segmentation fault.
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import BetterSqlite3 from 'better-sqlite3'
import { requireSupportedNode } from './supported-node.js'

requireSupportedNode()

export { BetterSqlite3, PrismaBetterSqlite3 }
