/** What CorpusIQ holds itself to, against another contender in the same run. */
export type GoalRow = {
  label: string
  against: string
  member: 'cpuMicroseconds' | 'perSecond'
  bound: number
}

const cpu = (label: string, bound: number, against: string): GoalRow => ({
  label,
  against,
  member: 'cpuMicroseconds',
  bound,
})
const rate = (label: string, bound: number, against: string): GoalRow => ({
  label,
  against,
  member: 'perSecond',
  bound,
})

export const goals: readonly GoalRow[] = [
  cpu('register public @32', 2, 'floor-ordered'),
  rate('register public @32', 0.6, 'floor-ordered'),
  cpu('register confidential @32', 2, 'floor-ordered'),
  rate('register confidential @32', 0.6, 'floor-ordered'),
  cpu('refresh @16', 1.6, 'floor-ordered'),
  rate('refresh @16', 0.6, 'floor-ordered'),
  cpu('code flow @16', 2, 'floor-ordered'),
  rate('code flow @16', 0.5, 'floor-ordered'),
  cpu('mcp tools/list @16', 1.2, 'floor-sdk2'),
  rate('mcp tools/list @16', 0.85, 'floor-sdk2'),
  cpu('introspect @16', 2, 'floor-group'),
  rate('introspect @16', 0.5, 'floor-group'),
  cpu('metadata @32', 2, 'floor'),
  rate('metadata @32', 0.5, 'floor'),
  ...[
    'metadata @32',
    'register public @32',
    'register confidential @32',
    'code flow @16',
    'refresh @16',
    'introspect @16',
  ].map((label) => cpu(label, 1, 'oidc-provider map')),
]

/** Of a start, against the bare floor's; and of growth. */
export const LIFE_GOALS = {
  coldStart: 2.5,
  idleMebibytes: 100,
  grownMebibytes: 130,
  /** CPU of a registration beside 100,000 clients, against one beside 10,000: before that, it is still warming up. */
  grownCpu: 1.1,
  bytesPerClient: 700,
} as const
