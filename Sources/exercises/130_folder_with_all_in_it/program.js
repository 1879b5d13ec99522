const fs = require('fs/promises');

async function main() {
  const folder = await fs.mkdtemp('/tmp/exercise-');
  const path = folder + '/tree';
  const outside = folder + '/outside';
  const remove = async (what, path, options) => {
    const error = await fs.rm(path, { recursive: true, ...options }).catch(error => error);
    console.log(what, error ? error.code : 'removed');
  };
  await fs.mkdir(path + '/a/b/c', { recursive: true });
  await fs.mkdir(outside);
  await fs.writeFile(outside + '/file', 'kept');
  await fs.writeFile(path + '/a/b/file', 'lost');
  await fs.symlink(outside, path + '/a/link');
  await fs.symlink(outside, folder + '/link');

  await fs.rmdir(path).catch(error => console.log('rmdir:', error.code));
  await remove('a folder:', path);
  await remove('what is not there:', path);
  await remove('the same, with force:', path, { force: true });
  await remove('a link:', folder + '/link');
  console.log('where the links led:', await fs.readFile(outside + '/file', 'latin1'));
  await remove('a file:', outside + '/file');
  console.log('left:', (await fs.readdir(folder)).join());
  await remove('all:', folder);
}
main();
