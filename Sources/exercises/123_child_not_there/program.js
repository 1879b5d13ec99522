const { spawn } = require('child_process');
const log = console.log;

const child = spawn('/no/such/program');
child.on('exit', () => log('exit'));
child.on('error', error => log('error', error.code));
child.on('close', () => log('close'));
child.stdin.on('error', () => {});
child.stdin.write('lost');
log('it has a number:', child.pid !== undefined);
process.nextTick(() => log('tick'));
setImmediate(() => log('immediate'));
