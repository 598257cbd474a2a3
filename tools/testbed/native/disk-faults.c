/*
 * Disk faults for a process under test, loaded with LD_PRELOAD. It stands between the process and the C library and
 * watches the files below one directory:
 *
 *   DISK_FAULTS_ROOT           the directory, as an absolute path without symbolic links
 *   DISK_FAULTS_SYNC_DELAY_US  makes every fsync and fdatasync below it take that much longer
 *   DISK_FAULTS_POWER_CUT      path of a FIFO; one byte written into it cuts the power: what was written but not
 *                              synced is taken back from the files, and the process ends at once with status 137
 *   DISK_FAULTS_SEED           with a power cut: 0 takes back everything unsynced; any other number keeps a random
 *                              half of the writes, as a disk does that was in the middle of writing them
 *
 * A rename or a removal counts as synced at once; the stores under test sync the directory after each of theirs.
 *
 * A kill -9 alone proves little: the page cache survives it, so even a store that never syncs looks durable.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* One change of one file that is not synced yet, with what is needed to take it back and to make it again. */
struct unsynced {
  struct unsynced *next; /* the change before this one */
  unsigned long order;
  dev_t device;
  ino_t inode;
  char path[PATH_MAX];
  int is_creation;
  off_t offset;
  off_t old_length; /* of the file, before the change */
  off_t new_length; /* of the file, after the change */
  size_t old_size;  /* how many of the overwritten bytes existed */
  size_t new_size;
  char *bytes; /* old_size bytes as they were, then new_size bytes as written */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct unsynced *newest;
static unsigned long last_order;
static char root[PATH_MAX];
static size_t root_length;
static long sync_delay_us;
static unsigned long seed;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);

static int is_below_root(const char *path) {
  return root_length > 0 && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == '\0');
}

/* Finds out whether a descriptor is a regular file or a directory below the root. */
static int is_watched(int fd, char *path, struct stat *status) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  if (!is_below_root(path)) return 0;
  return fstat(fd, status) == 0 && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode));
}

static struct unsynced *remember(const char *path, const struct stat *status, size_t size) {
  struct unsynced *change = calloc(1, sizeof *change);
  if (change == NULL || (size > 0 && (change->bytes = malloc(size)) == NULL)) abort();
  change->device = status->st_dev;
  change->inode = status->st_ino;
  snprintf(change->path, sizeof change->path, "%s", path);
  change->order = ++last_order;
  change->next = newest;
  newest = change;
  return change;
}

/* Called with the lock held, before the bytes go to the file. */
static void before_write(const char *path, const struct stat *status, const void *data, size_t size,
                         off_t offset) {
  size_t old_size = 0;
  if (offset < status->st_size) {
    off_t rest = status->st_size - offset;
    old_size = (off_t)size < rest ? size : (size_t)rest;
  }
  struct unsynced *change = remember(path, status, old_size + size);
  change->offset = offset;
  change->old_length = status->st_size;
  change->new_length =
      offset + (off_t)size > status->st_size ? offset + (off_t)size : status->st_size;
  change->old_size = old_size;
  change->new_size = size;
  if (old_size > 0) {
    /* The descriptor may be open for writing only, so the old bytes are read through a descriptor of our own. */
    int reader = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (reader < 0 || pread(reader, change->bytes, old_size, offset) != (ssize_t)old_size) abort();
    close(reader);
  }
  memcpy(change->bytes + old_size, data, size);
}

static ssize_t watched_write(int fd, const void *data, size_t size, off_t offset, int is_at_offset) {
  char path[PATH_MAX];
  struct stat status;
  pthread_mutex_lock(&lock);
  if (is_watched(fd, path, &status) && S_ISREG(status.st_mode)) {
    off_t place = offset;
    if (!is_at_offset) {
      int flags = fcntl(fd, F_GETFL);
      place = (flags & O_APPEND) ? status.st_size : lseek(fd, 0, SEEK_CUR);
    }
    before_write(path, &status, data, size, place);
  }
  ssize_t written = is_at_offset ? real_pwrite(fd, data, size, offset) : real_write(fd, data, size);
  int failure = errno;
  pthread_mutex_unlock(&lock);
  errno = failure;
  return written;
}

ssize_t write(int fd, const void *data, size_t size) {
  return root_length == 0 ? real_write(fd, data, size) : watched_write(fd, data, size, 0, 0);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
  return root_length == 0 ? real_pwrite(fd, data, size, offset)
                          : watched_write(fd, data, size, offset, 1);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
  return pwrite(fd, data, size, offset);
}

/* A vector is written buffer by buffer: the caller sees one call, a power cut sees each buffer alone. */
static ssize_t watched_writev(int fd, const struct iovec *vector, int count, off_t offset,
                              int is_at_offset) {
  ssize_t total = 0;
  for (int index = 0; index < count; index++) {
    ssize_t written = watched_write(fd, vector[index].iov_base, vector[index].iov_len,
                                    offset + total, is_at_offset);
    if (written < 0) return total > 0 ? total : written;
    total += written;
    if ((size_t)written < vector[index].iov_len) break;
  }
  return total;
}

ssize_t writev(int fd, const struct iovec *vector, int count) {
  char path[PATH_MAX];
  struct stat status;
  if (root_length == 0 || !is_watched(fd, path, &status)) return real_writev(fd, vector, count);
  return watched_writev(fd, vector, count, 0, 0);
}

ssize_t pwritev(int fd, const struct iovec *vector, int count, off_t offset) {
  return root_length == 0 ? real_pwritev(fd, vector, count, offset)
                          : watched_writev(fd, vector, count, offset, 1);
}

ssize_t pwritev64(int fd, const struct iovec *vector, int count, off_t offset) {
  return pwritev(fd, vector, count, offset);
}

int ftruncate(int fd, off_t length) {
  char path[PATH_MAX];
  struct stat status;
  pthread_mutex_lock(&lock);
  if (is_watched(fd, path, &status) && S_ISREG(status.st_mode)) {
    size_t lost = length < status.st_size ? (size_t)(status.st_size - length) : 0;
    struct unsynced *change = remember(path, &status, lost);
    change->offset = length;
    change->old_length = status.st_size;
    change->new_length = length;
    change->old_size = lost;
    if (lost > 0) {
      int reader = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
      if (reader < 0 || pread(reader, change->bytes, lost, length) != (ssize_t)lost) abort();
      close(reader);
    }
  }
  int result = real_ftruncate(fd, length);
  int failure = errno;
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

static void delay_sync(void) {
  if (sync_delay_us <= 0) return;
  struct timespec delay = {sync_delay_us / 1000000, (sync_delay_us % 1000000) * 1000};
  while (nanosleep(&delay, &delay) != 0 && errno == EINTR) {
  }
}

/* Forgets the changes of one file that were made before the sync began; of a directory, the creations in it. */
static void forget(const struct stat *status, const char *path, unsigned long until) {
  size_t length = strlen(path);
  for (struct unsynced **place = &newest; *place != NULL;) {
    struct unsynced *change = *place;
    int is_same_file = !change->is_creation && change->device == status->st_dev &&
                       change->inode == status->st_ino;
    int is_inside = change->is_creation && S_ISDIR(status->st_mode) &&
                    strncmp(change->path, path, length) == 0 && change->path[length] == '/' &&
                    strchr(change->path + length + 1, '/') == NULL;
    if (change->order <= until && (is_same_file || is_inside)) {
      *place = change->next;
      free(change->bytes);
      free(change);
    } else {
      place = &change->next;
    }
  }
}

static int watched_sync(int fd, int (*real_sync)(int)) {
  char path[PATH_MAX];
  struct stat status;
  pthread_mutex_lock(&lock);
  int watched = is_watched(fd, path, &status);
  /* Writes that arrive while the sync runs may miss it, so they stay unsynced. */
  unsigned long until = last_order;
  pthread_mutex_unlock(&lock);
  int result = real_sync(fd);
  int failure = errno;
  if (watched) {
    delay_sync();
    pthread_mutex_lock(&lock);
    if (result == 0) forget(&status, path, until);
    pthread_mutex_unlock(&lock);
  }
  errno = failure;
  return result;
}

int fsync(int fd) { return root_length == 0 ? real_fsync(fd) : watched_sync(fd, real_fsync); }

int fdatasync(int fd) {
  return root_length == 0 ? real_fdatasync(fd) : watched_sync(fd, real_fdatasync);
}

/* A new file is only there after a power cut when its directory was synced. */
static void after_open(int fd, int existed) {
  char path[PATH_MAX];
  struct stat status;
  if (fd < 0 || existed) return;
  pthread_mutex_lock(&lock);
  if (is_watched(fd, path, &status) && S_ISREG(status.st_mode)) {
    remember(path, &status, 0)->is_creation = 1;
  }
  pthread_mutex_unlock(&lock);
}

static int open_watched(int directory, const char *path, int flags, mode_t mode) {
  int existed = 1;
  if (root_length > 0 && (flags & O_CREAT)) existed = faccessat(directory, path, F_OK, 0) == 0;
  int fd = real_openat(directory, path, flags, mode);
  int failure = errno;
  after_open(fd, existed);
  errno = failure;
  return fd;
}

static mode_t mode_argument(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_watched(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_watched(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_watched(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_watched(directory, path, flags, mode);
}

static int is_kept(void) {
  if (seed == 0) return 0;
  seed = seed * 6364136223846793005UL + 1442695040888963407UL;
  return (int)((seed >> 33) & 1);
}

static void take_back(const struct unsynced *change) {
  if (change->is_creation) {
    unlink(change->path);
    return;
  }
  int fd = (int)syscall(SYS_openat, AT_FDCWD, change->path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return;
  if (change->old_size > 0) real_pwrite(fd, change->bytes, change->old_size, change->offset);
  real_ftruncate(fd, change->old_length);
  close(fd);
}

static void make_again(const struct unsynced *change) {
  if (change->is_creation || change->new_size == 0) return;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, change->path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return;
  real_pwrite(fd, change->bytes + change->old_size, change->new_size, change->offset);
  close(fd);
}

static void *wait_for_power_cut(void *argument) {
  const char *fifo = argument;
  char byte;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, fifo, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return NULL;
  while (read(fd, &byte, 1) == 0) {
    close(fd);
    fd = (int)syscall(SYS_openat, AT_FDCWD, fifo, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return NULL;
  }
  pthread_mutex_lock(&lock); /* never given back: every other thread stops at its next write */
  for (struct unsynced *change = newest; change != NULL; change = change->next) take_back(change);
  /* Oldest first, as the disk would have written them. */
  struct unsynced *oldest_first = NULL;
  while (newest != NULL) {
    struct unsynced *change = newest;
    newest = change->next;
    change->next = oldest_first;
    oldest_first = change;
  }
  for (struct unsynced *change = oldest_first; change != NULL; change = change->next) {
    if (is_kept()) make_again(change);
  }
  _exit(137);
}

__attribute__((constructor)) static void start(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_open = dlsym(RTLD_NEXT, "open");
  real_openat = dlsym(RTLD_NEXT, "openat");
  const char *directory = getenv("DISK_FAULTS_ROOT");
  if (directory == NULL || directory[0] != '/' || strlen(directory) >= sizeof root) return;
  const char *delay = getenv("DISK_FAULTS_SYNC_DELAY_US");
  if (delay != NULL) sync_delay_us = strtol(delay, NULL, 10);
  const char *number = getenv("DISK_FAULTS_SEED");
  if (number != NULL) seed = strtoul(number, NULL, 10);
  strcpy(root, directory);
  root_length = strlen(root);
  char *fifo = getenv("DISK_FAULTS_POWER_CUT");
  pthread_t thread;
  if (fifo != NULL && pthread_create(&thread, NULL, wait_for_power_cut, strdup(fifo)) != 0) abort();
}
