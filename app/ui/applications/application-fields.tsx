import { Disclosure } from '../controls/disclosure'
import { Field } from '../controls/field'
import { AccessFields, type GroupChoice } from './access-fields'
import { TextArea } from '../controls/text-area'
import { Checkbox } from '../controls/checkbox'

type Texts = Partial<Record<string, string>>

/** Everything about an application but its id, which is chosen only once. */
export function ApplicationFields({
  values,
  groups,
  errors,
}: {
  values: Texts
  groups: readonly GroupChoice[]
  errors: Texts
}) {
  const isMoreUsed = MORE.some((name) => values[name] || errors[name])
  return (
    <>
      <Field
        label="Address"
        name="address"
        required
        maxLength={270}
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        placeholder="https://wiki.example.org"
        hint="Where people open it: a host name of its own, without a path."
        defaultValue={values.address}
        error={errors.address}
      />
      <Field
        label="Where it listens"
        name="upstream"
        maxLength={270}
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        placeholder="http://127.0.0.1:8080"
        hint="As your proxy reaches it. Optional: only for the configuration that you copy from here."
        defaultValue={values.upstream}
        error={errors.upstream}
      />
      <AccessFields values={values} groups={groups} errors={errors} />
      <Checkbox
        label="Require a second factor"
        name="secondFactor"
        hint="Whoever signed in with the password alone shows theirs first, or sets one up."
        defaultChecked={values.secondFactor === 'on'}
        error={errors.secondFactor}
      />
      <Disclosure
        label="Public paths, further origins, signed assertion"
        open={isMoreUsed}
        className="rounded-control border border-line px-4 py-2.5"
      >
        <div className="grid gap-4.5 pt-2 pb-3">
          <TextArea
            label="Public paths"
            name="publicPaths"
            hint="They need no sign-in: for webhooks and health checks. One a line, whole like /health, or a beginning that ends in a slash like /assets/."
            defaultValue={values.publicPaths}
            error={errors.publicPaths}
          />
          <TextArea
            label="Further origins"
            name="moreOrigins"
            hint="Other sites whose pages may send it forms, one a line. Its own address is always allowed."
            defaultValue={values.moreOrigins}
            error={errors.moreOrigins}
          />
          <Checkbox
            label="Send a signed assertion"
            name="assertion"
            hint="For applications that check a signature (a JWT) rather than trust a header."
            defaultChecked={values.assertion === 'on'}
            error={errors.assertion}
          />
        </div>
      </Disclosure>
    </>
  )
}

/** What most applications do without. */
const MORE = ['publicPaths', 'moreOrigins', 'assertion']
