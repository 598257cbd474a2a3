// Makes a fresh checkout ready to run: fetches the pinned pnpm, then installs the workspace from its frozen lockfile.
// When nothing changed since the last success it only compares a fingerprint, and needs no network. It runs on whatever
// Node.js the machine has, so it is plain JavaScript without dependencies.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const oldestNodeMajor = 18;
const lockTouchMs = 2_000;
// A holder on another host cannot be asked whether it lives. Fifteen missed touches are answer enough.
const lockAbandonedMs = 15 * lockTouchMs;
const lockPollMs = 200;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const toolchain = join(root, '.toolchain');
const stampFile = join(root, 'node_modules', '.service-center-installed');
const workspaceNode = join(root, 'node_modules', '.bin', 'node');
const lockFile = join(toolchain, 'prepare.lock');

/** A failure that the user can act on: shown as its message alone. */
class PreparationError extends Error {}

/**
 * Prints one step.
 * @param {string} line
 */
function say(line) {
  process.stderr.write(`[prepare] ${line}\n`);
}

/** @returns {string} the version of pnpm that the workspace is pinned to */
function pinnedPnpmVersion() {
  /** @type {{ packageManager: string }} */
  const manifest = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.packageManager.replace(/^pnpm@/, '');
}

/** @returns {string[]} the directories of the workspace that hold a manifest, the root first */
function packageDirectories() {
  const groups = ['packages', 'apps', 'tools'].flatMap((group) =>
    fs.existsSync(join(root, group))
      ? fs.readdirSync(join(root, group)).map((name) => join(root, group, name))
      : [],
  );
  return [root, join(root, 'examples'), ...groups].filter((directory) =>
    fs.existsSync(join(directory, 'package.json')),
  );
}

/** @returns {string} a digest over everything that decides what gets installed */
function installFingerprint() {
  const digest = createHash('sha256').update(`${process.platform} ${process.arch}\0`);
  const inputs = [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    ...packageDirectories().map((directory) => join(directory, 'package.json')),
  ];
  for (const input of inputs) {
    digest
      .update(`${input.slice(root.length)}\0`)
      .update(fs.readFileSync(input))
      .update('\0');
  }
  return digest.digest('hex');
}

/**
 * @param {string} fingerprint
 * @returns {boolean} whether the last install ended well and was made from these very inputs
 */
function isInstalled(fingerprint) {
  return (
    fs.existsSync(stampFile) &&
    fs.readFileSync(stampFile, 'utf8') === fingerprint &&
    fs.existsSync(workspaceNode)
  );
}

/** @returns {NodeJS.ProcessEnv} the environment without what an outer `npm run` or `npm --prefix` put there */
function childEnvironment() {
  // npm hands its own command line to scripts as npm_config_*. With `npm --prefix DIR start` a nested npm would take that
  // prefix for its own and install over the workspace.
  const misleading =
    /^npm_(config_(prefix|local_prefix|global|global_prefix|workspaces?|include_workspace_root|dry_run|omit|include|production)|package_|lifecycle_|command$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)));
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let holdsLock = false;

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} argumentList
 * @param {string} cwd
 * @returns {Promise<{ ok: boolean, ending: string, output: string }>} how it ended, in words, and all it printed
 */
async function run(command, argumentList, cwd) {
  /** @type {Buffer[]} */
  const output = [];
  const child = spawn(command, argumentList, {
    cwd,
    env: childEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
  writeLock();
  /** @type {string} */
  const ending = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  }).finally(() => children.delete(child));
  return {
    ok: ending === 'exit code 0',
    ending,
    output: Buffer.concat(output).toString('utf8').trim(),
  };
}

/**
 * @param {string} output what npm or pnpm printed
 * @returns {boolean} whether it says that the registry could not be reached
 */
function saysUnreachable(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|error sending request/i.test(
    output,
  );
}

/**
 * @param {string} step what failed, in words
 * @param {{ ending: string, output: string }} result
 * @returns {PreparationError}
 */
function failure(step, { ending, output }) {
  const reason = saysUnreachable(output)
    ? 'The npm registry cannot be reached. The first run needs it; later ones do not. Check the network, the proxy and `npm config get registry`, then run the same command again.'
    : `It ended with ${ending}. What it printed is above; running the same command again continues safely.`;
  return new PreparationError(`${output}\n\n${step} failed. ${reason}`);
}

/** @returns {[string, string[]]} the npm that started this script, or the one on the PATH */
function npmCommand() {
  const npm = process.env.npm_execpath;
  return npm !== undefined && basename(npm) === 'npm-cli.js' && fs.existsSync(npm)
    ? [process.execPath, [npm]]
    : ['npm', []];
}

/** @returns {Promise<string>} the path of the pinned pnpm, fetched when it is not there yet */
async function preparePnpm() {
  const version = pinnedPnpmVersion();
  const home = join(toolchain, `pnpm-${version}`);
  if (!fs.existsSync(home)) {
    say(`getting pnpm ${version}`);
    const unfinished = join(toolchain, 'unfinished');
    fs.rmSync(unfinished, { recursive: true, force: true });
    fs.mkdirSync(unfinished);
    fs.writeFileSync(join(unfinished, 'package.json'), '{ "private": true }');
    const [npm, leading] = npmCommand();
    // Spelled out, because the user's npm configuration may say otherwise: without its optional packages pnpm is an
    // empty wrapper. Its install script only copies the binary that is used directly here.
    const options =
      '--include=optional --ignore-scripts --no-audit --no-fund --no-workspaces --no-global --no-dry-run --no-package-lock --install-strategy=hoisted --loglevel=error --prefer-offline --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=4000';
    const installation = [...leading, 'install', '--prefix', unfinished, ...options.split(' ')];
    const result = await run(npm, [...installation, `pnpm@${version}`], unfinished);
    if (!result.ok) throw failure(`Getting pnpm ${version}`, result);
    // Renamed only when complete, so an interrupted download is never taken for a pnpm.
    fs.renameSync(unfinished, home);
  }
  const binaries = fs
    .readdirSync(join(home, 'node_modules', '@pnpm'))
    .filter((name) => name.startsWith('exe.'))
    .map((name) => join(home, 'node_modules', '@pnpm', name, 'pnpm'));
  const [pnpm] = binaries;
  if (pnpm === undefined) {
    fs.rmSync(home, { recursive: true, force: true });
    throw new PreparationError(
      `pnpm ${version} has no build for ${process.platform} ${process.arch}.`,
    );
  }
  return pnpm;
}

/**
 * @param {string} pnpm
 * @param {string} fingerprint
 */
async function installWorkspace(pnpm, fingerprint) {
  say('installing the dependencies of the workspace (the first time this takes a minute)');
  fs.rmSync(stampFile, { force: true });
  const step = 'Installing the dependencies';
  const install = ['install', '--frozen-lockfile', '--prod=false', '--reporter=append-only'];
  // What is in pnpm's store already needs no network.
  const fromStore = await run(pnpm, [...install, '--offline'], root);
  if (!fromStore.ok) {
    // pnpm waits between its attempts for each of hundreds of packages: without network it would seem to hang.
    const [npm, leading] = npmCommand();
    const probe = [...leading, 'view', 'pnpm', 'name', '--fetch-retries=1', '--loglevel=error'];
    const reachable = await run(npm, probe, root);
    if (saysUnreachable(reachable.output)) throw failure(step, reachable);
    const result = await run(pnpm, install, root);
    if (!result.ok) throw failure(step, result);
  }
  if (!fs.existsSync(workspaceNode)) {
    throw new PreparationError(
      `The npm registry has no Node.js for ${process.platform} ${process.arch} in the pinned version. Run this on Linux or macOS, x64 or arm64.`,
    );
  }
  // Package scripts and turbo find the pinned pnpm beside every other tool.
  const link = join(root, 'node_modules', '.bin', 'pnpm');
  fs.rmSync(link, { force: true });
  fs.symlinkSync(relative(dirname(link), pnpm), link);
  const stampDraft = `${stampFile}.${process.pid}`;
  fs.writeFileSync(stampDraft, fingerprint);
  fs.renameSync(stampDraft, stampFile);
}

/** Names the processes that work under the lock. An orphaned pnpm counts: it still writes to node_modules. */
function writeLock() {
  const pids = [process.pid, ...[...children].map((child) => child.pid)];
  fs.writeFileSync(lockFile, JSON.stringify({ host: hostname(), pids }));
}

/** @returns {boolean} whether the lock's holder is gone without having released it */
function isLockAbandoned() {
  /** @type {{ host?: string, pids?: number[] }} */
  let holder = {};
  let ageMs = 0;
  try {
    ageMs = Date.now() - fs.statSync(lockFile).mtimeMs;
    holder = JSON.parse(fs.readFileSync(lockFile, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    // Half written: judged by its age like a holder of another host.
  }
  if (holder.host !== hostname() || holder.pids === undefined) return ageMs > lockAbandonedMs;
  return !holder.pids.some(isAlive);
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Creates a file, or tells that somebody else has.
 * @param {string} file
 * @returns {boolean} whether it is ours
 */
function createExclusively(file) {
  try {
    fs.closeSync(fs.openSync(file, 'wx'));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead holder. Only one waiter may do so at a time, else a second would remove the lock of the first. */
function breakAbandonedLock() {
  const breaker = `${lockFile}.breaker`;
  if (!createExclusively(breaker)) {
    const stat = fs.statSync(breaker, { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > lockAbandonedMs)
      fs.rmSync(breaker, { force: true });
    return;
  }
  try {
    if (isLockAbandoned()) fs.rmSync(lockFile, { force: true });
  } finally {
    fs.rmSync(breaker, { force: true });
  }
}

/**
 * @param {() => Promise<void>} work done by one process of this checkout at a time
 */
async function underLock(work) {
  fs.mkdirSync(toolchain, { recursive: true });
  let announced = false;
  while (!createExclusively(lockFile)) {
    if (isLockAbandoned()) {
      breakAbandonedLock();
      continue;
    }
    if (!announced) say('waiting for another process that is preparing this checkout');
    announced = true;
    await delay(lockPollMs);
  }
  holdsLock = true;
  writeLock();
  const touch = setInterval(writeLock, lockTouchMs);
  try {
    await work();
  } finally {
    clearInterval(touch);
    holdsLock = false;
    fs.rmSync(lockFile, { force: true });
  }
}

async function prepare() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNodeMajor) {
    throw new PreparationError(
      `Node.js ${oldestNodeMajor} or newer is needed to begin; this is ${process.version}. The workspace brings its own for the rest.`,
    );
  }
  if (isInstalled(installFingerprint())) return;
  await underLock(async () => {
    const fingerprint = installFingerprint();
    if (isInstalled(fingerprint)) return;
    await installWorkspace(await preparePnpm(), fingerprint);
    say('ready');
  });
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    if (holdsLock) fs.rmSync(lockFile, { force: true });
    process.kill(process.pid, signal);
  });
}

try {
  await prepare();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
