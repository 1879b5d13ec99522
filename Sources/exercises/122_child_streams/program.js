const { spawn } = require('child_process');
const log = console.log;

const script = 'read -r line; echo "got $line"; read -r line || echo "no more input"; exit 3';
const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
let text = '';
let hasExited = false;
child.stdout.on('data', bytes => {
  text += bytes;
  child.stdin.end();
});
child.on('exit', code => {
  hasExited = true;
  log('exit with code', code);
});
child.on('close', () => {
  log('close, after the exit:', hasExited);
  log(text.trim());
  end();
});
child.stdin.write('a line\n');
log('the errors are a stream:', child.stderr !== null);

function end() {
  const sleeper = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  sleeper.on('exit', (code, signal) => {
    log('exit by', signal);
    log('signal sent:', sleeper.kill());
  });
  sleeper.on('close', () => log('close'));
  log('signal sent:', sleeper.kill());
}
