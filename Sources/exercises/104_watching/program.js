const fs = require('fs');

fs.mkdtemp('/tmp/exercise-', (error, folder) => {
  const watcher = fs.watch(folder, (kind, name) => {
    console.log(kind, name);
    if (name === 'last') {
      watcher.close();
      fs.rm(folder, { recursive: true }, () => console.log('removed'));
    }
  });
  fs.mkdir(folder + '/a', () => {
    fs.rename(folder + '/a', folder + '/b', () => {
      fs.rmdir(folder + '/b', () => {
        fs.mkdir(folder + '/last', () => {});
      });
    });
  });
  console.log('watching');
});
