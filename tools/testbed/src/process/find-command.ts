import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * The path of a program that the system has to have.
 *
 * @param debianPackage - which package of Debian holds it; for the message
 * @throws Error that says what to install when it is not on the PATH
 */
export async function findCommand(name: string, debianPackage: string): Promise<string> {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const directory of directories) {
    const path = join(directory, name);
    if (await isExecutable(path)) return path;
  }
  throw new Error(
    `${name} is not on the PATH; on Debian and Ubuntu: apt-get install ${debianPackage}`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
