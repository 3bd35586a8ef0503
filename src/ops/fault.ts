/** What stops the start or a command, as expected things do: one line for a person that says what to do. A value. */
export class Fault {
  readonly line: string
  constructor(line: string) {
    this.line = line
  }
}

/** What the system said (`ENOENT`, `EACCES`, `EADDRINUSE`, …); undefined for anything but its errors. */
export function systemCode(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined
}
