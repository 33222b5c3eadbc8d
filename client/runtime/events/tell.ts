import type { EventData, EventName } from '../../../server/wire/event.ts'

/** Takes an event; `at` in ms since the epoch, default now. */
export type Tell = <Name extends EventName>(name: Name, data?: EventData<Name>, at?: number) => void
