import { createHash } from 'node:crypto'
import type { BuildReport } from './data.ts'
import { Html, html } from './html.ts'
import { SCRIPT } from './script.ts'
import { allFiles } from './sections/files.ts'
import { firstPaint } from './sections/firstPaint.ts'
import { keptExact, unseen } from './sections/leftAlone.ts'
import { pictures } from './sections/pictures.ts'
import { shipped } from './sections/shipped.ts'
import { summary } from './sections/summary.ts'
import { toDo } from './sections/toDo.ts'
import { warnings } from './sections/warnings.ts'
import { STYLE } from './style.ts'

/**
 * The report as one page that asks for nothing but the pictures it shows, by paths relative to `folder`, where it will lie.
 */
export function pageOf(report: BuildReport, folder: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<title>firstframe ${report.release}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${summary(report)}
<main>
${warnings(report)}
${toDo(report)}
${firstPaint(report)}
${shipped(report)}
${pictures(report, folder)}
${keptExact(report)}
${unseen(report)}
${allFiles(report)}
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text
}

/** Only this script runs: a name that slipped through as markup would not. */
const hashOf = (script: string): string => `sha256-${createHash('sha256').update(script).digest('base64')}`
