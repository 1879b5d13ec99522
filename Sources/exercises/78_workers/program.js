const { Worker, isMainThread, parentPort } = require('worker_threads');

function countPrimes(limit) {
  let count = 0;
  for (let number = 2; number < limit; number++) {
    let divisor = 2;
    while (divisor * divisor <= number && number % divisor !== 0) divisor += 1;
    if (divisor * divisor > number) count += 1;
  }
  return count;
}

function computeHere(done) {
  done(countPrimes(300000));
}

function computeOnWorker(done) {
  new Worker(__filename).on('message', done);
}

function race(compute, then) {
  const served = [];
  const timer = setInterval(() => {
    if (!served.includes('the timer')) served.push('the timer');
    if (served.length === 2) {
      clearInterval(timer);
      console.log(`  served: ${served.join(', then ')}`);
      then();
    }
  }, 5);
  compute(primes => {
    console.log(`  ${primes} primes`);
    served.push('who asked for primes');
  });
}

function main() {
  console.log('on the loop');
  race(computeHere, () => {
    console.log('on a worker');
    race(computeOnWorker, () => {});
  });
}

if (isMainThread) main();
else parentPort.postMessage(countPrimes(300000));
