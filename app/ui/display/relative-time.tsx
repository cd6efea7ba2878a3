import { usePresent } from './time-context'
import { activityWords, agoWords, dayWords, exactWords } from './time-words'

const wordings = { ago: agoWords, activity: activityWords, day: dayWords, exact: exactWords }

/**
 * A moment in words, exact on hover. `wording`: "ago" (2 hours ago), "activity" (Active now, Active
 * 2 hours ago), "day" (today at 09:12) or "exact". Needs a `TimeProvider` above.
 */
export function RelativeTime({
  at,
  wording = 'ago',
  withExact = false,
}: {
  at: string | number | Date
  wording?: keyof typeof wordings
  /** Says the exact time below it as well, and not only on hover. */
  withExact?: boolean
}) {
  const { now, timeZone } = usePresent()
  const time = new Date(at)
  const moment = { at: time.getTime(), now, timeZone }
  return (
    <time dateTime={time.toISOString()} title={exactWords(moment)} className="sm:whitespace-nowrap">
      {wordings[wording](moment)}
      {withExact && (
        <span className="block text-[0.8125rem] whitespace-normal text-soft md:min-w-32">
          {exactWords(moment)}
        </span>
      )}
    </time>
  )
}
