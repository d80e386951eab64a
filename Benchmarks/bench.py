#!/usr/bin/env python3
"""Measures reel against the ffmpeg and ffprobe programs, in the same run.

Method: each figure is a pair of commands, run A B, B A, A B, ..., after one unmeasured run of each that warms
the file cache. What counts is the median of the pairs' ratios of wall time: a machine that is slower for a
minute slows both halves of a pair, and taking turns keeps its drift from favouring a side. Encoder settings are not repeated here: they are read from `reel presets --json` and handed to
ffmpeg, and the decoded results are compared frame by frame, so that both sides do the same work.
The clips are made by ffmpeg's own test sources; the recipe is in `clip()`.

    python3 Benchmarks/bench.py --reel .build/release/reel [--pairs 7] [--only transcode] [--json FILE]
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, quiet=True):
    """Wall seconds and peak resident memory (MB) of one child."""
    begun = time.perf_counter()
    null = os.open(os.devnull, os.O_RDWR)
    with tempfile.TemporaryFile() as errors:
        child = os.posix_spawnp(
            command[0], command, os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1),
                          (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)])
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begun
        os.close(null)
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            errors.seek(0)
            tail = errors.read().decode(errors="replace").strip().splitlines()[-4:]
            raise SystemExit("bench: " + " ".join(command) + f"\nended with {code}:\n" + "\n".join(tail))
    return seconds, usage.ru_maxrss / 1024


def several(commands):
    seconds = peak = 0
    for command in commands:
        one, memory = run(command)
        seconds, peak = seconds + one, max(peak, memory)
    return seconds, peak


class Bench:
    threads = {"libx264": 4, "libvpx-vp9": 8}

    def __init__(self, reel, folder, pairs):
        self.reel, self.folder, self.pairs, self.rows = str(reel), folder, pairs, []
        self.presets = {
            entry["preset"]["name"]: entry["preset"]
            for entry in json.loads(subprocess.check_output([self.reel, "presets", "--json"]))}

    def clip(self, name, seconds, size, seed=1):
        """A clip with detail, movement, B-frames and sound, as H.264 and AAC at 24 fps."""
        path = self.folder / name
        if not path.exists():
            temporary = path.with_suffix(".part.mp4")
            subprocess.run(
                ["ffmpeg", "-v", "error", "-y",
                 "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration={seconds},noise=alls=12:allf=t:all_seed={seed}",
                 "-f", "lavfi", "-i", f"sine=frequency={200 + seed}:sample_rate=48000:duration={seconds}",
                 "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-colorspace", "bt709",
                 "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                 "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-shortest", str(temporary)],
                check=True, stdin=subprocess.DEVNULL)
            temporary.rename(path)
        return str(path)

    def settings(self, name, rate=24):
        """A preset of reel's as arguments of ffmpeg's."""
        preset = self.presets[name]
        video, audio = preset["video"], preset.get("audio")
        words = ["-map", "0:v:0", "-map", "0:a:0", "-c:v", video["codec"], "-pix_fmt", video["pixelFormat"]]
        # What an encoder makes may depend on its threads; Reel's number is fixed (EncoderThreads).
        if video["codec"] in self.threads:
            words += ["-threads:v", str(self.threads[video["codec"]])]
        if video.get("gop"):
            words += ["-g", str(round(video["gop"] * rate))]
        for key, value in sorted(video.get("options", {}).items()):
            words += [f"-{key}:v", str(value)]
        if audio:
            words += ["-c:a", audio["codec"], "-ar", str(audio["sampleRate"]), "-ac", "2"]
            for key, value in sorted(audio.get("options", {}).items()):
                words += [f"-{key}:a", str(value)]
        for key, value in sorted(preset.get("muxerOptions", {}).items()):
            words += [f"-{key}", str(value)]
        return words

    def pair(self, name, ours, theirs, limit, pairs=None, note=""):
        """Runs lists of commands A B, B A, ... and keeps medians."""
        several(ours), several(theirs)
        a, b = [], []
        for turn in range(pairs or self.pairs):
            for side, commands in ((a, ours), (b, theirs))[::1 if turn % 2 == 0 else -1]:
                side.append(several(commands))
        mine, other = (statistics.median(x[0] for x in side) for side in (a, b))
        ratio = statistics.median(x[0] / y[0] for x, y in zip(a, b))
        memory = [max(x[1] for x in side) for side in (a, b)]
        self.row(name, f"{mine:.3f} s", f"{other:.3f} s", ratio, limit,
                 note or f"peak {memory[0]:.0f} / {memory[1]:.0f} MB")

    def row(self, name, ours, theirs, ratio, limit, note=""):
        good = ratio <= limit
        self.rows.append(dict(name=name, ours=ours, theirs=theirs, ratio=round(ratio, 3), limit=limit, met=good, note=note))
        print(f"{name:<34} {ours:>10} {theirs:>10} {ratio:>6.2f} {limit:>6.2f}  {'yes' if good else 'NO':<3}  {note}", flush=True)

    def decoded(self, path):
        """Digests of every decoded picture and of the whole decoded sound."""
        def md5(*words):
            return subprocess.check_output(
                ["ffmpeg", "-v", "error", "-i", path, *words, "-"], stdin=subprocess.DEVNULL)
        pictures = [line.split(b",")[-1].strip() for line in md5("-map", "0:v", "-f", "framemd5").splitlines()
                    if not line.startswith(b"#")]
        return pictures, md5("-map", "0:a", "-f", "md5").strip()

    # --- the figures ---

    def transcode(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        mine, other = str(self.folder / "one-reel.mp4"), str(self.folder / "one-ffmpeg.mp4")
        self.pair(
            "transcode 8 s 720p to H.264/AAC",
            [[self.reel, "transcode", clip, "-o", mine, "--preset", "mp4-web"]],
            [["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings("mp4-web"), other]], 1.0)
        (pictures, sound), (their_pictures, their_sound) = self.decoded(mine), self.decoded(other)
        different = sum(x != y for x, y in zip(pictures, their_pictures)) + abs(len(pictures) - len(their_pictures))
        self.row("  decoded pictures that differ", str(different), f"of {len(their_pictures)}", different, 0,
                 "sound identical" if sound == their_sound else "SOUND DIFFERS")

    def several(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        names = {"mp4": "mp4-web", "webm": "webm-vp9", "mov": "mov-prores"}
        ours, theirs = [self.reel, "transcode", clip], []
        for ending, preset in names.items():
            ours += ["-o", str(self.folder / f"all-reel.{ending}"), "--preset", preset]
            theirs.append(["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings(preset),
                           str(self.folder / f"all-ffmpeg.{ending}")])
        ours += ["--poster", str(self.folder / "all-reel.jpg")]
        theirs.append(["ffmpeg", "-v", "error", "-y", "-ss", "2.7", "-i", clip, "-frames:v", "1", "-update", "1",
                       str(self.folder / "all-ffmpeg.jpg")])
        self.pair("MP4 + WEBM + MOV + poster", [ours], theirs, 0.95, max(3, self.pairs // 2))

    def frame(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        self.pair(
            "exact last frame of 8 s 720p",
            [[self.reel, "frame", clip, "--last", "-o", str(self.folder / "last-reel.png")]],
            [["ffmpeg", "-v", "error", "-y", "-sseof", "-1", "-i", clip, "-update", "1",
              str(self.folder / "last-ffmpeg.png")]], 0.3)

    def probe(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        theirs = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json"]
        self.pair("probe of one MP4, whole process", [[self.reel, "probe", "--json", clip]], [[*theirs, clip]],
                  0.7, self.pairs * 3)
        clips = self.many(100)
        self.pair("probe of 100 MP4, one call", [[self.reel, "probe", "--json", *clips]],
                  [[*theirs, one] for one in clips], 0.1, 3)

    def many(self, count):
        return [self.clip(f"short-{i:03}.mp4", 1, "320x180", seed=i + 1) for i in range(count)]

    def concat(self):
        clips = self.many(100)
        peaks = {}
        for count in (10, 100):
            runs = [run([self.reel, "concat", *clips[:count], "-o", str(self.folder / f"joined-{count}.mp4")])
                    for _ in range(3)]
            peaks[count] = statistics.median(memory for _, memory in runs)
        # Five per cent is what the allocator and the film's own index may move.
        self.row("concat, peak of 100 to 10 clips", f"{peaks[100]:.0f} MB", f"{peaks[10]:.0f} MB",
                 peaks[100] / peaks[10], 1.05)


def describe(reel):
    def first(command):
        return subprocess.check_output(command, stderr=subprocess.STDOUT).decode().splitlines()[0]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    dirty = subprocess.run(["git", "status", "--porcelain", "-uno"], capture_output=True, text=True).stdout.strip()
    try:
        names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
        processor = names[0] if names else platform.processor()
    except OSError:
        processor = platform.processor()
    return {
        "machine": f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f} before",
        "reel": first([reel, "--version"]),
        "ffmpeg": " ".join(first(["ffmpeg", "-version"]).split()[:3]),
        "commit": (commit or "unknown") + (" and local changes" if dirty else ""),
        "date": time.strftime("%Y-%m-%d %H:%M"),
    }


def main():
    figures = ["transcode", "several", "frame", "probe", "concat"]
    options = argparse.ArgumentParser(description="reel against ffmpeg and ffprobe")
    options.add_argument("--reel", default=".build/release/reel")
    options.add_argument("--folder", default=".build/bench", help="for clips and outputs; clips are kept")
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--only", choices=figures, action="append")
    options.add_argument("--json", help="also write the figures here")
    options = options.parse_args()

    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    reel = pathlib.Path(options.reel).resolve()
    about = describe(str(reel))
    for key, value in about.items():
        print(f"{key:<8} {value}")
    print(f"\n{'':<34} {'reel':>10} {'ffmpeg':>10} {'ratio':>6} {'limit':>6}  met")
    bench = Bench(reel, folder, options.pairs)
    for figure in options.only or figures:
        getattr(bench, figure)()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"about": about, "figures": bench.rows}, indent=2) + "\n")
    missed = [row["name"].strip() for row in bench.rows if not row["met"]]
    if missed:
        print("\nnot met: " + "; ".join(missed))
        sys.exit(1)


if __name__ == "__main__":
    main()
