// One line for all threads, first in, first out; only names stand in a line of their own.
process.env.UV_THREADPOOL_SIZE = '1';
const crypto = require('crypto'), dns = require('dns'), fs = require('fs');
const log = console.log;

const job = (number, rounds = 1000) => crypto.pbkdf2('p', 's', rounds, 32, 'sha512', () => log('job', number));
const name = (number) => dns.lookup('localhost', () => log('name', number));

for (let number = 1; number <= 8; number++) job(number);
fs.stat('.', () => {
  log('file behind eight jobs');

  job(9, 100000); // Keeps the thread until all the others stand in line.
  name(1);
  name(2);
  name(3);
  job(10);
  fs.stat('.', () => log('another file'));

  dns.lookup('127.0.0.1', () => log('a number needs no thread'));
  process.nextTick(() => log('tick'));
});
