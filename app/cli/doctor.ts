import { systemClock } from '~/accounts/time'
import { examineDatabase, identifyDatabase } from '~/database/examine'
import { CHECKS, ok, skipped, warning, wrong, type Finding } from '~/database/findings'
import { examineMail } from '~/mail/transport'
import { unknownInDotEnv, type Env, type SettingError } from '~/server/env'
import { examineSettings } from '~/server/examine-settings'
import { counted, noArguments, type Command } from './command'
import { examineOrigin, ORIGIN_CHECKS } from './examine-origin'

export const doctor: Command = {
  usage: '',
  summary:
    'Checks settings, database, clock and proxy, and says what is wrong and how to mend it. Changes nothing.',
  async run(args) {
    noArguments(args)
    const findings = await examine()
    const isBad = findings.some(({ verdict }) => verdict === 'wrong')
    return { text: [...findings.map(lineOf), '', conclusionOf(findings)].join('\n'), isBad }
  },
}

const MARKS = { ok: '✓', warning: '!', wrong: '✗', skipped: '-' } as const

function lineOf({ check, verdict, text }: Finding): string {
  const skippedBecause = verdict === 'skipped' ? 'skipped: ' : ''
  return `${MARKS[verdict]} ${CHECKS[check]}${text === undefined ? '' : `: ${skippedBecause}${text}`}`
}

function conclusionOf(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict).length
  const wrongs = count('wrong')
  const conclusion =
    wrongs === 0 ? 'Nothing is wrong.' : `${counted(wrongs, 'thing')} to mend, marked ✗.`
  const unknown = count('skipped')
  return unknown === 0 ? conclusion : `${conclusion} Not looked at: ${counted(unknown, 'check')}.`
}

/** Which settings a check depends on. */
const OF_DATABASE = ['DATABASE_CONNECTIONS', 'NODES']
const OF_ORIGIN = ['ORIGIN', 'HOST', 'PORT', 'ALLOW_HTTP', 'TRUST_PROXY']

async function examine(): Promise<Finding[]> {
  const { problems, env } = examineSettings()
  const settings = [
    ...problems.map(({ message }) => wrong('settings', message)),
    ...(env ? unknownInDotEnv().map((sentence) => warning('settings', sentence)) : []),
  ]
  if (settings.length === 0) settings.push(ok('settings'))
  if (!env) {
    return [...settings, ...skipped(['database', ...ORIGIN_CHECKS], 'the settings cannot be read')]
  }
  const { nodes, databaseLimits } = env
  const load = isAbout(problems, OF_DATABASE) ? undefined : { nodes, ...databaseLimits }
  const database = await examineDatabase({ url: env.databaseUrl, load, clock: systemClock })
  const origin = isAbout(problems, OF_ORIGIN)
    ? skipped(ORIGIN_CHECKS, 'the settings about it are wrong')
    : await examineOrigin(env, await identityOf(env.databaseUrl, database))
  return [...settings, ...database, ...origin, ...(await examineMails(env))]
}

/** Nothing to look at where no mail is sent. */
async function examineMails({ mail, origin }: Env): Promise<Finding[]> {
  if (!mail) return []
  const problem = await examineMail(mail, origin)
  if (problem === null) return [ok('mail')]
  const where = 'folder' in mail.way ? `MAIL_FOLDER ${mail.way.folder}` : 'the server of SMTP_URL'
  return [wrong('mail', `${where} says: ${problem}`)]
}

/** Nothing, where the database has more urgent faults. */
async function identityOf(url: string, found: readonly Finding[]): Promise<string | undefined> {
  const isUsable = found.some(({ check, verdict }) => check === 'database' && verdict === 'ok')
  if (!isUsable) return undefined
  return identifyDatabase(url).catch(() => undefined)
}

const isAbout = (problems: readonly SettingError[], names: readonly string[]) =>
  problems.some((problem) => problem.names.some((name) => names.includes(name)))
