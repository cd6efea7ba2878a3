import { parseSettings, readSettings, SettingError, type Env, type Settings } from './env'

export type ExaminedSettings = {
  problems: SettingError[]
  /** What the settings are without the wrong ones; undefined when there is no saying that. */
  env: Env | undefined
}

/** Everything that is wrong with the settings, where a start names the first thing and ends. */
export function examineSettings(read = readSettings): ExaminedSettings {
  const problems: SettingError[] = []
  try {
    let settings = read()
    for (;;) {
      const problem = problemOf(settings)
      if (!(problem instanceof SettingError)) return { problems, env: problem }
      problems.push(problem)
      const fewer = without(settings, problem.names)
      if (Object.keys(fewer).length === Object.keys(settings).length) break
      settings = fewer
    }
  } catch (error) {
    // The file cannot be read.
    if (!(error instanceof SettingError)) throw error
    problems.push(error)
  }
  return { problems, env: undefined }
}

function problemOf(settings: Settings): Env | SettingError {
  try {
    return parseSettings(settings)
  } catch (error) {
    if (error instanceof SettingError) return error
    throw error
  }
}

const without = (settings: Settings, names: readonly string[]): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)))
