// Preloaded into reel: ends the process by SIGKILL at its n-th flush of the journal, before it or after.
// KILLPOINT=n, or -n for after. With KILLPOINT_COUNT=file the number of flushes is written there and nothing is killed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int flushes;

static int is_journal(int descriptor) {
    char link[64], path[1024];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "journal.sqlite") != NULL;
}

static int flush(int descriptor, int (*real)(int)) {
    if (!is_journal(descriptor)) return real(descriptor);
    int number = atomic_fetch_add(&flushes, 1) + 1;
    const char *count = getenv("KILLPOINT_COUNT"), *point = getenv("KILLPOINT");
    if (count) {
        FILE *file = fopen(count, "w");
        if (file) {
            fprintf(file, "%d\n", number);
            fclose(file);
        }
    }
    int wanted = point ? atoi(point) : 0;
    if (wanted == number) kill(getpid(), SIGKILL);
    int result = real(descriptor);
    if (wanted == -number) kill(getpid(), SIGKILL);
    return result;
}

int fsync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return flush(descriptor, real);
}

int fdatasync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return flush(descriptor, real);
}
