import { availableParallelism, loadavg } from 'node:os'

/**
 * A bound on time (milliseconds) holds on a machine that is not busy with something else. Where it
 * is, the bound grows by as much as the machine is overcommitted.
 */
export function withPatience(milliseconds: number): number {
  return milliseconds * Math.max(1, loadavg()[0]! / availableParallelism())
}
