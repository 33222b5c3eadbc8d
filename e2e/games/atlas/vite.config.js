export default { base: '/game/' }
