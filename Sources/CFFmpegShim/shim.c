#include "include/CFFmpegShim.h"

#include <dlfcn.h>
#include <libavfilter/version.h>
#include <libavutil/log.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Atomic(reel_log_sink) sink_now;
static atomic_int level_now = AV_LOG_ERROR;

// FFmpeg may log a line in pieces; each thread collects its own until the newline.
static _Thread_local char pending[1024];
static _Thread_local size_t pending_length;
static _Thread_local char last_error[512];

static void trampoline(void *context, int level, const char *format, va_list arguments) {
    level &= 0xff;
    int limit = atomic_load_explicit(&level_now, memory_order_relaxed);
    if (level > limit && level > AV_LOG_ERROR) return;

    size_t room = sizeof(pending) - pending_length;
    int written = vsnprintf(pending + pending_length, room, format, arguments);
    if (written < 0) return;
    pending_length += (size_t)written < room ? (size_t)written : room - 1;
    int whole = pending_length > 0 && pending[pending_length - 1] == '\n';
    if (!whole && pending_length < sizeof(pending) - 1) return;
    while (pending_length > 0 && (pending[pending_length - 1] == '\n' || pending[pending_length - 1] == '\r'))
        pending_length--;
    pending[pending_length] = 0;
    pending_length = 0;
    if (pending[0] == 0) return;

    const char *component = "";
    if (context) {
        const AVClass *class = *(const AVClass **)context;
        if (class && class->item_name) component = class->item_name(context);
    }
    if (level <= AV_LOG_ERROR) {
        if (component[0]) snprintf(last_error, sizeof last_error, "[%s] %s", component, pending);
        else snprintf(last_error, sizeof last_error, "%s", pending);
    }
    reel_log_sink sink = atomic_load(&sink_now);
    if (sink && level <= limit) sink(level, component, pending);
}

void reel_log_install(reel_log_sink sink, int level) {
    atomic_store(&sink_now, sink);
    atomic_store(&level_now, level);
    av_log_set_callback(trampoline);
}

const char *reel_log_last_error(void) { return last_error; }

void reel_log_clear_last_error(void) { last_error[0] = 0; }

int reel_interrupt_poll(void *flag) { return __atomic_load_n((int32_t *)flag, __ATOMIC_RELAXED) != 0; }

void reel_interrupt_raise(int32_t *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELAXED); }

// libavfilter, loaded once; see CFFmpeg/shim.h for why not at start.
static pthread_once_t filter_once = PTHREAD_ONCE_INIT;
static void *filter_library;

static void load_filters(void) {
#ifdef __APPLE__
    filter_library = dlopen("libavfilter." AV_STRINGIFY(LIBAVFILTER_VERSION_MAJOR) ".dylib", RTLD_NOW);
#else
    filter_library = dlopen("libavfilter.so." AV_STRINGIFY(LIBAVFILTER_VERSION_MAJOR), RTLD_NOW);
#endif
}

void *reel_filter_symbol(const char *name) {
    pthread_once(&filter_once, load_filters);
    return filter_library ? dlsym(filter_library, name) : NULL;
}
