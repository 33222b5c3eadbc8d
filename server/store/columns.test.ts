import { describe, expect, test } from 'vitest'
import { bytewiseText, countedId } from './columns.ts'
import { DIALECTS, scratchDatabase } from './scratch.ts'

interface Tables {
  note: { id: number; word: string }
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('counted ids go up, and none is given twice', async () => {
    await using scratch = await scratchDatabase<Tables>(dialect)
    const { kysely } = scratch.database
    await kysely.schema
      .createTable('note')
      .addColumn('id', ...countedId(dialect))
      .addColumn('word', 'text')
      .execute()
    const add = (word: string) =>
      kysely
        .insertInto('note')
        .values({ word } as Tables['note'])
        .returning('id')
        .executeTakeFirstOrThrow()
    const first = await add('one')
    const second = await add('two')
    expect(second.id).toBeGreaterThan(first.id)
    await kysely.deleteFrom('note').where('id', '=', second.id).execute()
    expect((await add('three')).id).toBeGreaterThan(second.id)
  })

  test('bytewise text is sorted as JavaScript sorts it', async () => {
    await using scratch = await scratchDatabase<Tables>(dialect)
    const { kysely } = scratch.database
    const words = ['b', 'B', 'a', '_', 'a-b', 'ab', 'A']
    await kysely.schema.createTable('note').addColumn('word', bytewiseText(dialect)).execute()
    for (const word of words)
      await kysely
        .insertInto('note')
        .values({ word } as Tables['note'])
        .execute()
    const sorted = await kysely.selectFrom('note').select('word').orderBy('word').execute()
    expect(sorted.map(({ word }) => word)).toEqual(words.toSorted())
  })
})
