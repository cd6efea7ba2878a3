/** A setting that is wrong. The message names the setting and the fix. */
export class SettingError extends Error {
  /** @param names of the settings without which this is no longer wrong */
  constructor(
    message: string,
    readonly names: readonly string[] = [],
  ) {
    super(message)
  }
}
