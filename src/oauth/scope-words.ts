import type { SCOPES_SUPPORTED } from './scope.ts'

/** What a scope lets a client do, for a person: the end of a sentence that begins with "it can". */
const WORDS: Record<(typeof SCOPES_SUPPORTED)[number], string> = {
  'corpus:read': 'read the documents of your collection',
  'corpus:search': 'search in your documents',
  offline_access: 'do so until you end the access, also while you are away',
}

/** The words of a scope (RFC 6749 §3.3), each as a person says it; one that is not known as it is. */
export function scopeInWords(scope: string): string[] {
  const words: Readonly<Record<string, string>> = WORDS
  return scope.split(' ').map((word) => words[word] ?? word)
}
