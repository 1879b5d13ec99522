const dns = require('dns');
const log = console.log;

dns.lookup('localhost', { family: 4, all: true }, (error, addresses) => {
  log('only IPv4:', addresses.every(({ family }) => family === 4), addresses[0].address);
  dns.lookup('127.0.0.1', { family: 6, all: true }, (error, addresses) => {
    log('a number:', addresses[0].address);
    dns.lookup('no.such.name.invalid', { family: 4 }, error => log('no name:', error !== null));
  });
});
log('called');
