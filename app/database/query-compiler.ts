import { setFlagsFromString } from 'node:v8'

/** In V8's unit, about a byte of WebAssembly executed; its own figure is 1,800,000. */
const RUN_BEFORE_OPTIMISED = 20_000_000

/**
 * Prisma plans queries in WebAssembly, each kind of query once. V8 takes the first few plans for
 * heavy use, and optimises most of the planner in the background: on one core, a third of the time
 * that a start takes. Now only what goes on being used is optimised.
 *
 * To be called before the first client connects: V8 looks when the planner is loaded. Where V8 does
 * not know the setting, it says so on standard error and goes on without.
 */
export function optimiseQueryCompilerLater(): void {
  setFlagsFromString(`--wasm-tiering-budget=${RUN_BEFORE_OPTIMISED}`)
}
