type Named = {
  browser: string
  /** Empty where it is not known. */
  system: string
  /** What its owner calls it. */
  label?: string | null
}

/** "Firefox on macOS", or the browser alone where the system is unknown. */
export const deviceName = ({ browser, system }: Named): string =>
  system ? `${browser} on ${system}` : browser

/**
 * The same after the name that its owner gave it: "Mum’s tablet (Safari on iPad)". Never that name alone,
 * which whoever was in the account may have given.
 */
export const sessionName = ({ label, ...device }: Named): string =>
  label ? `${label} (${deviceName(device)})` : deviceName(device)
