const fs = require('fs/promises');

async function main() {
  const folder = await fs.mkdtemp('/tmp/exercise-');
  const path = folder + '/notes';
  const show = async () => console.log(JSON.stringify(await fs.readFile(path, 'latin1')));
  await fs.writeFile(path, 'one');
  await fs.appendFile(path, ' two');
  await show();
  const file = await fs.open(path, 'r+');
  await file.write('1');
  await file.write('T', 4);
  await file.write('#');
  await show();
  await file.truncate(5);
  await show();
  await file.write('!', 6);
  await show();
  await file.close();
  const log = await fs.open(path, 'a+');
  await log.write('end', 0);
  await log.close();
  await show();
  await fs.writeFile(path, 'new');
  await show();
  await fs.writeFile(path, 'x', { flag: 'wx' }).catch(error => console.log(error.code));
  await fs.unlink(path);
  await fs.rmdir(folder);
}
main();
