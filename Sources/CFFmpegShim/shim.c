// The package's C with state: FFmpeg's log callback and the interrupt flag.
