import { success } from './answers'
import { askFirst, named } from './confirmation'
import { NOTHING_LEFT, namesInWords, pluralize, SIGNED_IN_AGAIN } from './messages'

/** What is asked on the pages about applications and groups before it is done; see confirmation.ts. */

type SignIn = { user: { name: string }; browser: string }

/** Asks about browsers that are to be signed out of an application; says so when none is left. */
export function askToLeave(
  form: URLSearchParams,
  { application, signIns, total }: { application: string; signIns: SignIn[]; total: number },
) {
  const [first] = signIns
  if (!first) return success(NOTHING_LEFT)
  const count = pluralize(total, 'browser')
  const who = total === 1 ? first.user.name : count
  return askFirst(form, {
    title: `Sign ${who} out of ${application}?`,
    effect: `${application} refuses them from the next request on. ${SIGNED_IN_AGAIN}`,
    affected: named(signIns, (one) => ({ label: one.user.name, detail: one.browser }), total),
    label: `Sign out ${count}`,
  })
}

/** Asks before an application moves to another host, where the cookies of the old one are no good. */
export function askToMove(
  form: URLSearchParams,
  { name, from, to, signedIn }: { name: string; from: string; to: string; signedIn: number },
) {
  return askFirst(form, {
    title: `Move ${name} to ${to}?`,
    effect: `Everybody who is signed in to it is signed out of it, and its proxy needs a new configuration. ${SIGNED_IN_AGAIN}`,
    affected: [{ label: pluralize(signedIn, 'browser'), detail: `signed in at ${from}` }],
    label: `Move ${name}`,
  })
}

type Group = { name: string; members: number; applications: readonly { name: string }[] }

/** Asks before people are taken out of a group; says so when none of them is in it any more. */
export function askToTakeOut(
  form: URLSearchParams,
  group: Group,
  people: readonly { name: string; email: string }[],
) {
  const [first] = people
  if (!first) return success({ title: `Nobody of them was in ${group.name} any more.` })
  const who = people.length === 1 ? first.name : `${people.length} people`
  return askFirst(form, {
    title: `Take ${who} out of ${group.name}?`,
    effect: whatTheyLose(group),
    affected: named(people, ({ name, email }) => ({ label: name, detail: email })),
    label: `Take out ${who}`,
  })
}

/** Asks before a group is removed. */
export function askToRemoveGroup(form: URLSearchParams, group: Group) {
  return askFirst(form, {
    title: `Remove the group ${group.name}?`,
    effect: whatTheyLose(group),
    affected: [
      ...(group.members > 0
        ? [{ label: group.members === 1 ? '1 person' : `${group.members} people` }]
        : []),
      ...group.applications.map(({ name }) => ({ label: name, detail: 'Opened by this group.' })),
    ],
    label: 'Remove group',
  })
}

/** What follows for whoever is no longer in a group. */
export function whatTheyLose({ applications }: Pick<Group, 'applications'>): string {
  if (applications.length === 0) return 'It opens no application, so nobody loses access to one.'
  const names = namesInWords(applications.map(({ name }) => name))
  return `Whoever may use ${names} by this group alone may not any more, and is signed out of it at once.`
}
