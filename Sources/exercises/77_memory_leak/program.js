const v8 = require('v8');
const vm = require('vm');
v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc');

// The hub calls each of these when there is news.
const listeners = [];

class Client {
  messages = [];

  listen() {
    this.listener = message => this.messages.push(message);
    listeners.push(this.listener);
  }

  listenWeakly() {
    const weak = new WeakRef(this);
    listeners.push(message => weak.deref()?.messages.push(message));
  }

  leave() { listeners.splice(listeners.indexOf(this.listener), 1); }
}

// A hundred clients come, hear the news, and go.
function visit(come, go) {
  const references = [];
  for (let number = 1; number <= 100; number++) {
    const client = new Client();
    come(client);
    for (const listener of listeners) listener('news');
    go(client);
    references.push(new WeakRef(client));
  }
  return references;
}

// A WeakRef keeps its object until the end of the running job, so this is done in one of its own.
function count(references, what, then) {
  setImmediate(() => {
    collectGarbage();
    const alive = references.filter(reference => reference.deref() !== undefined).length;
    console.log(`${what}: ${alive} of ${references.length} clients are still in memory`);
    then();
  });
}

const forgetful = visit(client => client.listen(), () => {});
count(forgetful, 'gone without a word', () => {
  listeners.length = 0;
  count(forgetful, 'their listeners removed', () => {
    const polite = visit(client => client.listen(), client => client.leave());
    count(polite, 'gone with their listeners', () => {
      const weak = visit(client => client.listenWeakly(), () => {});
      count(weak, 'held weakly by their listeners', () => {});
    });
  });
});
