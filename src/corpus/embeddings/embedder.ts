/** Turns texts into vectors: an endpoint, or a model on this machine. */
export type Embedder = {
  /** Texts that it is given at once. */
  readonly batch: number
  /** A vector for each text, in order, all of one length; not yet normalised. Never throws. */
  embed(
    texts: readonly string[],
    patience: { milliseconds: number; signal?: AbortSignal },
  ): Promise<Float32Array[] | EmbedFault>
}

/** Why there are no vectors: a value. `reason` is the end of a sentence about the embedder. */
export class EmbedFault {
  /**
   * `away`: for now, whatever is asked. `input`: these texts, others may do. `wrong`: it answers what is no answer, or
   * refuses us; only the operator can change that.
   */
  readonly kind: 'away' | 'input' | 'wrong'
  readonly reason: string
  /** Seconds that it asks to be left alone. */
  readonly retryAfter: number | undefined
  constructor(kind: EmbedFault['kind'], reason: string, retryAfter?: number) {
    this.kind = kind
    this.reason = reason
    this.retryAfter = retryAfter
  }
}
