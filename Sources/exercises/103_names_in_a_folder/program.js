const fs = require('fs/promises');

async function main() {
  const folder = await fs.mkdtemp('/tmp/exercise-');
  const attempt = async (what, work) => {
    try { console.log(what, await work() ?? 'done'); } catch (error) {
      console.log(what, error.message.split(',')[0]);
    }
  };
  const list = async () => (await fs.readdir(folder)).join(' ');
  for (const name of ['b', 'B', 'a10', 'a2', '.hidden', 'c']) await fs.writeFile(`${folder}/${name}`, name);
  await fs.mkdir(folder + '/d/e', { recursive: true });
  await attempt('list:', list);
  await attempt('rename over:', () => fs.rename(folder + '/b', folder + '/c'));
  await attempt('c is', () => fs.readFile(folder + '/c', 'utf8'));
  await attempt('again:', () => fs.rename(folder + '/b', folder + '/c'));
  await attempt('make what is there:', () => fs.mkdir(folder + '/d'));
  await attempt('make below a file:', () => fs.mkdir(folder + '/c/d'));
  await attempt('remove a full one:', () => fs.rmdir(folder + '/d'));
  await attempt('read a folder:', () => fs.readFile(folder + '/d'));
  await attempt('list a file:', () => fs.readdir(folder + '/c'));
  await attempt('open what is not there:', () => fs.open(folder + '/x'));
  await attempt('list:', list);
  await fs.rm(folder, { recursive: true });
}
main();
