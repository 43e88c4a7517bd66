// Loaded before a function (`node --import`): told by SIGUSR2, it takes memory until there is none.
// What ends the process then is V8, at the limit that the function's memory sets.
process.on('SIGUSR2', () => {
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 1_000_000 }, () => hoard.length));
});
