/** Where mails go and whom they are from, as the settings say it. */
export type MailSettings = {
  from: Mailbox
  way: MailServer | MailFolder
}

export type Mailbox = { name: string; address: string }

/** A server that takes mails by SMTP. */
export type MailServer = {
  host: string
  port: number
  /** Whether TLS comes before SMTP; by STARTTLS otherwise. */
  secure: boolean
  login: { user: string; pass: string } | null
}

/** Where mails are written instead of being sent. */
export type MailFolder = { folder: string }

/**
 * How an address looks that can stand in a header and in an SMTP command as it is, without quotes, and is
 * not read as the encoding of another one (RFC 2047).
 */
export const isPlainAddress = (text: string): boolean =>
  text.length <= 254 &&
  !text.includes('=?') &&
  /^[^\s\p{C}()<>[\]:;\\,"@]+@[^\s\p{C}()<>:;\\,"@]+$/u.test(text)
