import type { Extract } from './format.ts'

/** Seconds between two headings with the time. */
const INTERVAL = 300

const TIMING = /^(?:(\d{1,4}):)?(\d{2}):(\d{2})[.,]\d{3}\s+-->/

/** Subtitles (SRT, WebVTT) as the text that is spoken, with the time as heading every five minutes. */
export const extractCues: Extract = (source) => {
  const text: string[] = []
  let shown = -1
  const blocks = source.replace(/\r\n?/g, '\n').split(/\n{2,}/)
  for (const block of blocks) {
    const lines = block.split('\n')
    const at = lines.findIndex((line) => TIMING.test(line.trim()))
    // Blocks without a time are headers, notes and styles.
    if (at === -1) continue
    const [, hours = '0', minutes = '0', seconds = '0'] = TIMING.exec(lines[at]?.trim() ?? '') ?? []
    const interval = Math.floor((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) / INTERVAL)
    if (interval > shown) {
      shown = interval
      if (text.length > 0) text.push('')
      text.push(`## ${hours.padStart(2, '0')}:${minutes}:${seconds}`, '')
    }
    for (const line of lines.slice(at + 1)) {
      const said = line.replace(/<[^<>]{0,200}>|\{\\[^{}]{0,200}\}/g, '').trim()
      // Live subtitles repeat the line before.
      if (said !== '' && said !== text.at(-1)) text.push(said)
    }
  }
  return { title: '', text: text.join('\n') }
}
