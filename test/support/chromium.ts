import { existsSync } from 'node:fs'

/** The real browser that tests drive, and why they are skipped where there is none. */
export const executablePath = process.env.CORPUSIQ_TEST_BROWSER ?? '/usr/bin/chromium'
export const skip = existsSync(executablePath)
  ? false
  : `no browser at ${executablePath}; set CORPUSIQ_TEST_BROWSER to a Chromium`

/** A phone without scripts, as the strictest of readers. */
export const PHONE = {
  javaScriptEnabled: false,
  viewport: { width: 390, height: 844 },
  isMobile: true,
}
