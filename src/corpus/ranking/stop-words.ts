/**
 * Words that shape a question but say nothing of what it is about, of the languages that are asked most: articles,
 * prepositions, auxiliaries, question words. Short lists: of any other language the share of passages that have a word
 * tells (`score.ts`).
 */
const WORDS = `
a about also am an and any are as at be because been being but by can could did do does doing for from had has have
having he her hers him his how i if in into is it its may me might my no nor not of on or our ours shall she should so
some such than that the their theirs them then there these they this those to was we were what when where which while
who whom whose why will with would you your yours

aber als am an auch auf aus bei bis das dass dem den der des die diese diesem diesen dieser dieses durch ein eine
einem einen einer eines er es für haben hat hatte hatten ich ihr ihre ihrem ihren ihrer im in ist kann mit nach nicht
oder sein seine seinem seinen seiner sich sie sind um und unter über vom von vor wann war waren warum was welche
welchem welchen welcher welches wem wen wer werden wie wir wird wo wurde wurden zu zum zur

a al ante como con cómo cual cuales cuando cuanta cuantas cuanto cuantos cuál cuáles cuándo cuánta cuántas cuánto
cuántos de del desde donde dónde el ella en entre era eran es esa ese eso esta está están este esto él fue fueron ha
había han hasta la las le les lo los más no o para por que qué quien quienes quién quiénes se ser si sin sí sobre son
su sus también u un una unas uno unos y ya

au aux avait avec à ce ces cet cette comment dans de des du elle elles en est et étaient était été être il ils la le
les leur leurs lui mais ne nous on ont ou où par pas pour pourquoi quand que quel quelle quelles quels qui quoi sa se
ses son sont sous sur un une vous

ai all alla alle anche che chi ci col come con cosa cui da dai dal dalla degli dei del dell della delle dello di dove
e ed era erano è fra gli ha hanno i il la le lo nei nel nell nella per perché più quale quali quando quanta quante
quanti quanto se si sia sono stata stato su sul sulla tra un una uno

a ao aos as até à às com como da das de do dos e ela ele em eram esta este foi foram há isso mais na nas não no nos o
onde os ou para pela pelo por quais qual quando quanta quantas quanto quantos quem são se seu seus sobre sua suas
também um uma umas uns

aan als bij dat de deze die dit door een en er had hebben heeft het hij hoe hun ik in is je met naar niet of om op
over te tot u uit van voor waar waarom wanneer waren was wat welk welke werd werden wie worden wordt ze zij zijn

att av är där de den det en ett för från hade har hur i inte man med när och om på så som till vad var varför vem vid
vilka vilken vilket

а без бы был была были было быть в вы где да для до его ее если же за и из или им их к как какая какие каким какого
какое какой когда кого кому которая которого которое которой которые который кто ли мы на над не но о об он она они от
по под почему при с сколько со так то у чего чем что эта эти это этого этот я

التي الذي الذين الى ان او اي أن أو أي أين إلى ذلك على عن عند في قد كان كانت كم كيف لا لم لماذا ما ماذا متى مع من هذا
هذه هل هو هي و

ai bao bằng bị bởi các cái cho có cùng của do gì hay họ khi không là làm lúc mà một nào này nếu nhiêu như những nó ở
ra sao sẽ tại theo thì tới trên trong từ và vào về vì với đang đã đến để đó được
`

/** Of Latin, Greek and Cyrillic letters, which people leave out. */
const ACCENTS = /[\u0300-\u036f]+/g

export function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(ACCENTS, '').normalize('NFC')
}

/** By language, as they are written. */
const LISTS: readonly ReadonlySet<string>[] = WORDS.trim()
  .split(/\n\s*\n/)
  .map((list) => new Set(list.split(/\s+/).map((word) => word.normalize('NFC'))))
/** The same without accents, for whoever leaves them out. */
const PLAIN_LISTS: readonly ReadonlySet<string>[] = LISTS.map(
  (list) => new Set(Array.from(list, withoutAccents)),
)

/**
 * Which of a question's words, in lower case, are stop words: those of its language, which is the one that has most of
 * them (`come` is one in Italian), several where they have as many. Where accents are written they count: `hát` is not
 * `hat`.
 */
export function stopWordsOf(words: readonly string[]): ReadonlySet<string> {
  const lists = words.some((word) => word !== withoutAccents(word)) ? LISTS : PLAIN_LISTS
  const found = lists.map((list) => words.filter((word) => list.has(word)))
  const most = Math.max(...found.map(({ length }) => length))
  return new Set(found.filter(({ length }) => length === most).flat())
}
