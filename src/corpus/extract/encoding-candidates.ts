/** An encoding of one byte or two a character, and what a language that is written in it looks like. */
export type Candidate = {
  readonly encoding: string
  /** Its letters, as they stand in words: in a Latin alphabet those beyond ASCII, which stand one here and one there. */
  readonly script: RegExp
  /** Characters of which every longer text is full, and what their share of those beyond ASCII is at least. */
  readonly frequent: RegExp
  readonly share: number
}

const HAN = '\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e'
const KANA = '\u3041-\u3096\u30a1-\u30fc'

/** Letters that stand in rows, such as words of Greek, or sentences of Chinese. */
function rows(encodings: string, script: string, frequent: string, share: number): Candidate[] {
  return encodings.split(' ').map((encoding) => ({
    ...{ encoding, share },
    script: new RegExp(`(?<=[${script}])[${script}]|[${script}](?=[${script}])`, 'g'),
    frequent: new RegExp(`[${frequent}]`, 'g'),
  }))
}

/** Of three characters in a row that are no ASCII, none is a letter of a Latin alphabet. */
const SCATTERED = /(?<![^\u0000-\u007f]{2})[^\u0000-\u007f](?![^\u0000-\u007f]{2})/g

/** The letters of one language, or of several that have none of them differently. */
function latin(encodings: string, letters: string, script: RegExp = SCATTERED): Candidate[] {
  return encodings.split(' ').map((encoding) => ({
    ...{ encoding, share: 1, script },
    frequent: new RegExp(`[${letters}‘’“”„–—…€«»°§·©]`, 'gi'),
  }))
}

/** Where two look the same, the one that comes first is taken. */
export const CANDIDATES: readonly Candidate[] = [
  // French; German and Nordic; Spanish, Portuguese, Catalan, Italian.
  ...latin('windows-1252', 'àâçéèêëîïôùûüœæ'),
  ...latin('windows-1252', 'äöüßåæøé'),
  ...latin('windows-1252', 'áàâãçéèêíìïóòôõúùüñ¿¡ºª'),
  // Turkish, with words such as ışığı; Icelandic, whose þ, ý and ð stand where Turkish has ş, ı and ğ.
  ...latin('windows-1254', 'çğıöşüâîİ', /[^\u0000-\u007f]/g),
  ...latin('windows-1252', 'áéíóúýþæöð'),
  // Polish; Czech and Slovak; Hungarian; Croatian and Slovene; Romanian.
  ...latin('windows-1250 iso-8859-2', 'ąćęłńóśźż'),
  ...latin('windows-1250 iso-8859-2', 'áčďéěíňóřšťúůýžäľĺôŕ'),
  ...latin('windows-1250', 'áéíóöőúüű'),
  ...latin('windows-1250', 'čćđšž'),
  ...latin('windows-1250', 'ăâîşţ'),
  // KOI8-R holds the letters of Windows-1251 with capitals for small ones: so the small ones alone.
  ...rows('windows-1251 koi8-r', '\u0400-\u04ff', 'оеаинтсрвлкмдпуяыьгзбіїъщ', 0.8),
  ...rows('windows-1253', '\u0370-\u03ff', 'αοιετσνηυρπκμλςάόίέήύώγδχ', 0.8),
  ...rows('windows-1255', '\u05d0-\u05ea', 'יוהלארתבשמנ', 0.7),
  ...rows('windows-1256', '\u0600-\u06ff', 'اليمونترةبعدسفهك', 0.8),
  ...rows('windows-874', '\u0e00-\u0e7f', 'านรอกเงมยลวดทสตะปบคหแจพชขใไโ่้ัิีุู์', 0.9),
  ...rows('shift_jis euc-jp', `${KANA}${HAN}`, `${KANA}、。`, 0.5),
  ...rows(
    'gb18030',
    HAN,
    '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年，。',
    0.2,
  ),
  ...rows(
    'big5',
    HAN,
    '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年，。',
    0.2,
  ),
  ...rows('euc-kr', '\uac00-\ud7a3', '이다는에을의가고를은하지로서한기사도어나자인시그습니으할수', 0.3),
]
