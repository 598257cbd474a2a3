import { digestFiles } from '../scratch-directory.ts';

// Prints the digests of the files of the directory that the first argument names.
process.stdout.write(JSON.stringify(await digestFiles(process.argv[2] ?? '')));
