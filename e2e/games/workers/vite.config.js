export default {
  root: 'src',
  base: './',
  publicDir: '../static',
  build: { outDir: '../out/web', emptyOutDir: true },
}
