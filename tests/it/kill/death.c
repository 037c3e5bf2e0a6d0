/* Kills the process that it is loaded into with LD_PRELOAD, at the Nth of the calls by which things become durable or known.
 *
 * DEATH=sync:3:before names the kind of call, which one of them counting from 1, and where in it: `before` the call is
 * made, at `half` of what it writes, or `after` it. DEATH_COUNTS names a file that takes, at a regular exit, how many
 * calls of each kind there were. An order that cannot be read ends with 99. Nothing of this is in the program: it dies as
 * any program can. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { SYNC, RENAME, TRUNCATE, UNLINK, WRITE, SEND, RECEIVE, KINDS };
enum place { NOT_HERE, BEFORE, HALF, AFTER };

static const char *const kind_names[KINDS] = {"sync", "rename", "truncate", "unlink", "write", "send", "receive"};
static const char *const place_names[] = {"", "before", "half", "after"};

static atomic_ulong calls[KINDS];
static int deadly_kind = KINDS;
static unsigned long deadly_call;
static enum place deadly_place;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

__attribute__((constructor)) static void read_order(void) {
    const char *order = getenv("DEATH");
    char kind[16], place[16];
    if (!order) return;
    if (sscanf(order, "%15[a-z]:%lu:%15[a-z]", kind, &deadly_call, place) != 3) _exit(99);
    for (int p = BEFORE; p <= AFTER; p++)
        if (!strcmp(place, place_names[p])) deadly_place = p;
    for (int k = 0; k < KINDS; k++)
        if (!strcmp(kind, kind_names[k])) deadly_kind = k;
    if (deadly_kind == KINDS || deadly_place == NOT_HERE) _exit(99);
}

__attribute__((destructor)) static void tell_counts(void) {
    const char *path = getenv("DEATH_COUNTS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    for (int k = 0; k < KINDS; k++) fprintf(file, "%s %lu\n", kind_names[k], (unsigned long)calls[k]);
    fclose(file);
}

/* Counts a call. Returns where in it to die, if not before it. */
static enum place enter(enum kind kind) {
    if (kind == KINDS) return NOT_HERE;
    unsigned long call = atomic_fetch_add(&calls[kind], 1) + 1;
    if (kind != (enum kind)deadly_kind || call != deadly_call) return NOT_HERE;
    if (deadly_place == BEFORE) die();
    return deadly_place;
}

static void leave(enum place place) {
    if (place != NOT_HERE) die();
}

/* What writing to this is: a terminal or a pipe is nobody's memory. */
static enum kind kind_of(int fd) {
    struct stat status;
    if (fstat(fd, &status)) return KINDS;
    return S_ISREG(status.st_mode) ? WRITE : S_ISSOCK(status.st_mode) ? SEND : KINDS;
}

int fsync(int fd) {
    enum place place = enter(SYNC);
    int result = REAL(fsync)(fd);
    leave(place);
    return result;
}

int fdatasync(int fd) {
    enum place place = enter(SYNC);
    int result = REAL(fdatasync)(fd);
    leave(place);
    return result;
}

int rename(const char *from, const char *to) {
    enum place place = enter(RENAME);
    int result = REAL(rename)(from, to);
    leave(place);
    return result;
}

int ftruncate64(int fd, off64_t length) {
    enum place place = enter(TRUNCATE);
    int result = REAL(ftruncate64)(fd, length);
    leave(place);
    return result;
}

int unlink(const char *path) {
    enum place place = enter(UNLINK);
    int result = REAL(unlink)(path);
    leave(place);
    return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    enum place place = enter(kind_of(fd));
    ssize_t result = REAL(write)(fd, bytes, place == HALF ? length / 2 : length);
    leave(place);
    return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    enum place place = enter(kind_of(fd));
    ssize_t result = REAL(pwrite64)(fd, bytes, place == HALF ? length / 2 : length, offset);
    leave(place);
    return result;
}

ssize_t writev(int fd, const struct iovec *parts, int n_parts) {
    enum place place = enter(kind_of(fd));
    ssize_t result = place == HALF ? REAL(write)(fd, parts->iov_base, parts->iov_len / 2)
                                   : REAL(writev)(fd, parts, n_parts);
    leave(place);
    return result;
}

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    enum place place = enter(kind_of(fd));
    ssize_t result = REAL(send)(fd, bytes, place == HALF ? length / 2 : length, flags);
    leave(place);
    return result;
}

/* Asked when there is nothing yet, too: only what has come counts. */
ssize_t recv(int fd, void *bytes, size_t length, int flags) {
    ssize_t result = REAL(recv)(fd, bytes, length, flags);
    if (result > 0) leave(enter(RECEIVE));
    return result;
}
