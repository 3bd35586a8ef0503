import type { Sealing } from '../ops/sealing.ts'
import { formToken, isFormToken } from './csrf.ts'

/**
 * What a page hands to the form that answers it, in hidden fields and not in the store: readable, signed for this form
 * and bound to `session`, so that nothing of it can be exchanged and nobody else's form is taken for it.
 */
export type FormState = { readonly text: string; readonly token: string }

export function sealFormState(sealing: Sealing, form: string, session: string, state: object): FormState {
  const text = Buffer.from(JSON.stringify(state)).toString('base64url')
  return { text, token: formToken(sealing, form, `${session} ${text}`) }
}

/** The state as it was sealed; undefined where we did not make it for this form and session. */
export function openFormState<State>(
  sealing: Sealing,
  form: string,
  session: string,
  { text = '', token }: { text: string | undefined; token: string | undefined },
): State | undefined {
  return isFormToken(sealing, form, `${session} ${text}`, token)
    ? (JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as State)
    : undefined
}
