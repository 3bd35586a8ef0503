/**
 * Words that shape a question but say nothing of what it is about, of the languages that are asked most: articles,
 * prepositions, auxiliaries, question words. Short lists: of any other language the share of passages that have a word
 * tells (`score.ts`).
 */
const WORDS = `
a about also am an and any are as at be been being but by can could did do does doing for from had has have having he
her hers him his how i if in into is it its may me might my no nor not of on or our ours shall she should so some such
than that the their theirs them then there these they this those to was we were what when where which while who whom
whose why will with would you your yours

als am an auf aus bei bis das dass dem den der des die durch ein eine einem einen einer eines er es für haben hat hatte
hatten ich ihr im in ist mit nach nicht oder sich sie sind über um und unter vom von vor wann war waren warum was
welche welchem welchen welcher welches wem wen wer werden wie wir wird wo wurde wurden zu zum zur aber auch

al como con cual cuales cuándo cuánta cuántas cuánto cuántos de del dónde el en entre era eran es fue fueron ha había
han la las le les lo los más no o para por que quién quiénes se si sin sobre son su sus u un una unas unos y

à au aux avec ce ces cet cette comment dans de des du elle elles en est était été et il ils la le les leur ne nous on
ont ou par pas pour pourquoi quand que quel quelle quelles quels qui quoi sa se ses son sont sous sur un une vous

ai alla alle anche che chi col come con cosa da dai dal dalla degli dei del della delle dello di dove e ed erano fra
gli ha hanno i il lo nei nel nella per perché quale quali quando quanto si sono su sul sulla tra uno

ao aos com como da das do dos e em eram esta foi foram isso na nas não no nos o onde os ou para pela pelo por qual
quais quando quanto quem são seu seus sua suas um uma

aan bij de deze die dit door een en had heeft het hoe in is met naar niet of om op over te tot uit van voor waar
waarom wanneer was waren wat welk welke werd werden wie wordt worden zijn

av att de den det där en ett från för hur i med när och om på som till var varför vad vem vilka vilken vilket är

а без бы был была были было быть в вы где да для до его ее если же за и из или им их к как какая какие каким какого
какое какой когда кого кому которая которое которого которой которые который кто ли мы на над не но о об он она они
от по под почему при с сколько со так то у чего чем что эта эти это этого этот я

أن أو إلى أي أين التي الذي الذين ان او الى اي ذلك عن على عند في قد كان كانت كم كيف لا لم لماذا ما ماذا مع متى من هذا هذه
هل هو هي و

ai bao bị bởi các cái cho có của cùng đã đang để đến đó được gì hay khi không là làm lúc mà một nào này nhiêu những như ở
ra sao sẽ tại thì theo trên trong từ và vào về với
`

/** In the form that `wordsOf` gives to words. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  WORDS.trim()
    .split(/\s+/)
    .map((word) =>
      word
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]+/g, '')
        .normalize('NFC'),
    ),
)

/** `word` as `wordsOf` gives it. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word)
}
