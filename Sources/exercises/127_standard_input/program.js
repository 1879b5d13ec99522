const { spawn } = require('child_process');
const log = console.log;

if (process.env.IS_READER) read(); else feed();

function read() {
  const input = process.stdin;
  let rest = '';
  input.on('data', bytes => {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop();
    for (const line of lines) log('line:', line);
    if (!lines.includes('two')) return;
    input.pause();
    setTimeout(() => {
      log('paused, and left:', rest);
      input.resume();
    }, 100);
  });
  input.on('end', () => log('end, and left:', rest));
  setTimeout(() => log('a timer, while nothing comes'), 20);
}

function feed() {
  const pieces = ['one\ntw', 'o\nthr', 'ee'];
  const env = { ...process.env, IS_READER: 'yes' };
  const child = spawn(process.execPath, [__filename], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.on('data', text => {
    process.stdout.write(text);
    if (pieces.length === 0) return;
    child.stdin.write(pieces.shift());
    if (pieces.length === 0) child.stdin.end();
  });
  child.on('close', code => log('the reader returned', code));
}
