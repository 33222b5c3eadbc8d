declare module 'express-serve-static-core' {
  interface Request {
    session: Session
  }
}

/** Who asks. */
export interface Session {
  /** The player's id; null before the first visit's guest account. */
  readonly user: string | null
  /** Makes this browser that player's: the answer sets the cookie. */
  signIn(user: string): void
  /** Forgets the player: the answer clears the cookie. */
  signOut(): void
}
