export default { base: './', build: { chunkSizeWarningLimit: 1500 } }
