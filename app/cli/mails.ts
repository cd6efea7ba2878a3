import { writePreviews } from '~/mail/previews'
import { noArguments, type Command } from './command'

const FOLDER = 'data/mail-previews'

export const mails: Command = {
  usage: '',
  summary: `Writes one of each mail to ${FOLDER}, to be looked at. Sends nothing.`,
  async run(args) {
    noArguments(args)
    const names = await writePreviews(FOLDER)
    return `${names.length} mails, each as .txt, .html and .eml, are in ${FOLDER}.`
  },
}
