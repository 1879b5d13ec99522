const net = require('net');

const chunk = Buffer.alloc(16 * 1024, 'x');
const chunkCount = 2048;

// Writes on, whatever write() says.
function writeAll(socket, wrote) {
  for (let count = 0; count < chunkCount; count++) {
    wrote(socket.write(chunk));
  }
  socket.end();
}

// Stops when write() says so, and goes on when all that waited has been taken.
function writeAndWait(socket, wrote) {
  let count = 0;
  function writeSome() {
    while (count < chunkCount) {
      count += 1;
      const mayGoOn = socket.write(chunk);
      wrote(mayGoOn);
      if (!mayGoOn) return socket.once('drain', writeSome);
    }
    socket.end();
  }
  writeSome();
}

function transfer(write, then) {
  let stops = 0;
  let mostWaiting = 0;
  let received = 0;

  const server = net.createServer(socket => {
    write(socket, mayGoOn => {
      if (!mayGoOn) stops += 1;
      mostWaiting = Math.max(mostWaiting, socket.writableLength);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const consumer = net.connect(server.address().port, '127.0.0.1');
    // It looks away for a while, and then it reads.
    consumer.pause();
    setTimeout(() => consumer.resume(), 50);
    consumer.on('data', bytes => { received += bytes.length; });
    consumer.on('close', () => {
      console.log(`  write() has said stop: ${stops > 0}`);
      console.log(`  never more than 32 KiB waited: ${mostWaiting <= 32 * 1024}`);
      console.log(`  more than 16 MiB waited: ${mostWaiting > 16 * 1024 * 1024}`);
      console.log(`  arrived: ${received} bytes`);
      server.close(then);
    });
  });
}

console.log('writing on');
transfer(writeAll, () => {
  console.log('waiting for drain');
  transfer(writeAndWait, () => {});
});
