import { writePreviews } from '~/mail/previews'
import { readEnv } from '~/server/env'
import { noArguments, type Command } from './command'

const FOLDER = 'data/mail-previews'
/** Looks better in them than this machine's own address, where nobody has set another yet. */
const EXAMPLE = 'https://accounts.example.com'

export const mails: Command = {
  usage: '',
  summary: `Writes one of each mail to ${FOLDER}, to be looked at. Sends nothing.`,
  async run(args) {
    noArguments(args)
    const { siteName, isOriginSet, origin } = readEnv()
    const site = { name: siteName, origin: isOriginSet ? origin : EXAMPLE }
    const names = await writePreviews(FOLDER, site)
    return `${names.length} mails, each as .txt, .html and .eml, are in ${FOLDER}.`
  },
}
