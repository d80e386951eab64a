// The C functions with state or a va_list, which Swift cannot write.

#pragma once

#include <stdint.h>

/// Receives one whole line that FFmpeg logged, without its newline. Called from any thread, codec
/// workers among them; must not call FFmpeg. `component` is the logging class's item name ("libx264").
typedef void (*reel_log_sink)(int level, const char *component, const char *line);

/// Routes FFmpeg's log to `sink`, lines up to `level` (AV_LOG_…) only. FFmpeg prints nothing itself
/// from then on. `sink` may be NULL: lines are then only remembered for errors. Process-wide.
void reel_log_install(reel_log_sink sink, int level);

/// The last line of level error or worse that FFmpeg logged on this thread, or an empty string.
/// Valid until the thread logs again.
const char *reel_log_last_error(void);

/// Forgets this thread's last error line.
void reel_log_clear_last_error(void);

/// AVIOInterruptCB's callback: `flag` points to an int32_t that another thread may set.
int reel_interrupt_poll(void *flag);

/// Sets the flag; seen by `reel_interrupt_poll` on every thread.
void reel_interrupt_raise(int32_t *flag);

/// The address of one of libavfilter's functions, or NULL. Loads the library at the first call.
void *reel_filter_symbol(const char *name);
