/** What stops the start or a command, as expected things do: one line for a person that says what to do. A value. */
export class OperatorFault {
  readonly line: string
  constructor(line: string) {
    this.line = line
  }
}

/** What the system said (`ENOENT`, `EACCES`, `EADDRINUSE`, …); undefined for anything but its errors. */
export function systemCode(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined
}

/** What went wrong, in the words of whatever was thrown. */
export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}

/** What the world refused (a folder, a disk, a port), thrown as a sentence, becomes a value; a bug is thrown again. */
export function worldFault(fault: unknown): OperatorFault {
  const isBug = fault instanceof TypeError || fault instanceof ReferenceError || fault instanceof RangeError
  if (fault instanceof Error && !isBug) return new OperatorFault(fault.message)
  throw fault
}
