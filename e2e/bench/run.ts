import { build } from './build.ts'
import { client } from './client.ts'
import { data } from './data.ts'
import type { Topic } from './figure.ts'
import { first } from './first.ts'
import { measure } from './measure.ts'

const TOPICS: Record<string, Topic> = { first, data, build, client, measure }

const [name = ''] = process.argv.slice(2)
const topic = TOPICS[name]
if (!topic) {
  console.error(
    `bench: "${name}" is no topic: expected one of ${Object.keys(TOPICS).join(', ')}, as in npm run bench -- first`,
  )
  process.exit(1)
}
// Nothing but figures goes to standard output: a program reads it.
for await (const figure of topic((line) => console.error(line))) console.log(JSON.stringify(figure))
