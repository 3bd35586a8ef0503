/**
 * What our codes and tokens begin with: the door that made one and the door that reads it say the same word, a
 * token of one kind is never looked up as another, and a leaked one is found by secret scanners.
 */
export const CODE_PREFIX = 'code_'
export const REFRESH_TOKEN_PREFIX = 'refresh_'
