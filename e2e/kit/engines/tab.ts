/** What a test needs of a browser, whatever its engine. */
export interface Engine extends AsyncDisposable {
  /** Opens a tab in front of the others, which are hidden from then on. */
  open(): Promise<Tab>
}

/** One tab; what is asked of it comes to its front first, but for `read`. */
export interface Tab {
  /** Goes to a URL, and waits until it is loaded. */
  go(url: string): Promise<void>
  /** Back and forward, as by the browser's buttons. */
  back(): Promise<void>
  reload(): Promise<void>
  /** The value of an expression in the page: JSON. */
  read<T>(expression: string): Promise<T>
  /** Presses the first element that the CSS selector finds, with a real pointer. */
  click(selector: string): Promise<void>
  /** Types into it with a real keyboard. */
  type(selector: string, text: string): Promise<void>
  /** Brings it to the front: it is seen again. */
  front(): Promise<void>
  /** As a person closes it. */
  close(): Promise<void>
}
