const fs = require('fs/promises');

async function main() {
  const folder = await fs.mkdtemp('/tmp/exercise-');
  const path = folder + '/digits';
  await fs.writeFile(path, '0123456789');
  const file = await fs.open(path);
  const read = async (count, at = null) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, at);
    console.log(bytesRead, JSON.stringify(buffer.toString('latin1', 0, bytesRead)));
  };
  await read(4);
  await read(4);
  await read(3, 1);
  await read(4);
  await read(4);
  await read(4, 100);
  await file.close();
  await file.read(Buffer.alloc(1), 0, 1, 0).catch(error => console.log(error.code));
  await fs.unlink(path);
  await fs.rmdir(folder);
}
main();
