/** A button under the words. */
export interface NoticeAction {
  label: string
  run: () => void
}

/**
 * Says something in the page's live region `#notice` (`role="status"`), where a screen reader announces it. The next answer that
 * brings a notice of its own replaces it.
 */
export function say(words: string, action?: NoticeAction): void {
  const notice = document.getElementById('notice')
  if (!notice) return
  const text = document.createElement('p')
  text.textContent = words
  notice.replaceChildren(text)
  if (!action) return
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = action.label
  button.addEventListener('click', () => {
    notice.replaceChildren()
    action.run()
  })
  notice.append(button)
}
