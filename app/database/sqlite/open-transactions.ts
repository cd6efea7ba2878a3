import type { Transaction } from '../database'
import type { OpenTransaction } from './transaction'

/**
 * Which transaction on the connection stands behind which of Prisma's clients. Prisma does not say,
 * and a statement that goes past Prisma must not run in somebody else's when its own was rolled back.
 */
export type OpenTransactions = {
  /** Takes note of one that has begun. */
  began(transaction: OpenTransaction): OpenTransaction
  /** To be called first thing with a client, when no other transaction can have begun since. */
  adopt(tx: Transaction): void
  behind(tx: Transaction): OpenTransaction
}

export function createOpenTransactions(): OpenTransactions {
  const adopted = new WeakMap<Transaction, OpenTransaction>()
  let latest: OpenTransaction | undefined

  return {
    began: (transaction) => (latest = transaction),
    adopt(tx) {
      if (latest) adopted.set(tx, latest)
    },
    behind(tx) {
      const transaction = adopted.get(tx)
      if (!transaction) throw new Error('This is no transaction of this database')
      return transaction
    },
  }
}
