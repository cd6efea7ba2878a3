import type { FieldError } from './field-messages'

type Metadata = {
  id: string
  name: string
  formId: string
  defaultValue?: string
  errors?: string[]
  required?: boolean
  minLength?: number
  maxLength?: number
}

/**
 * Turns conform's metadata of a field into the props of `Field`, `PasswordField` and `SelectField`:
 * `<Field key={fields.email.key} {...fieldProps(fields.email)} label="E-mail" />`.
 *
 * Passwords are never put back into a page: `PasswordField` drops the default value.
 */
export function fieldProps(metadata: Metadata) {
  return {
    id: metadata.id,
    name: metadata.name,
    form: metadata.formId,
    defaultValue: metadata.defaultValue,
    required: metadata.required,
    minLength: metadata.minLength,
    maxLength: metadata.maxLength,
    error: metadata.errors as FieldError,
  }
}
