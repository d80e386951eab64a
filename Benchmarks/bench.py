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


class Cost:
    """What commands took: seconds on the clock, seconds of processors (user and system), peak memory in MB."""

    def __init__(self, wall=0.0, work=0.0, peak=0.0):
        self.wall, self.work, self.peak = wall, work, peak

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.work + other.work, max(self.peak, other.peak))


def run(command):
    """The cost of one child."""
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
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def several(commands):
    return sum((run(command) for command in commands), Cost())


class Bench:
    # EncoderThreads.number; libvpx's grows with the cores.
    threads = {"libx264": 4, "libvpx-vp9": min(16, max(8, os.cpu_count() or 1))}

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

    def settings(self, name, rate=24, threads=True):
        """A preset of reel's as arguments of ffmpeg's; without `threads`, as a person types it."""
        preset = self.presets[name]
        video, audio = preset["video"], preset.get("audio")
        words = ["-map", "0:v:0", "-map", "0:a:0", "-c:v", video["codec"], "-pix_fmt", video["pixelFormat"]]
        # What an encoder makes may depend on its threads; Reel's number is fixed (EncoderThreads).
        if threads and video["codec"] in self.threads:
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

    @property
    def few(self):
        """Pairs where each takes long."""
        return min(3, self.pairs)

    def measure(self, ours, theirs, pairs=None, fresh=()):
        """Costs of both, pair by pair: lists of commands run A B, B A, ... after one unmeasured run of each. Files of
        `fresh` are removed before each run."""
        def once(commands):
            for path in fresh:
                pathlib.Path(path).unlink(missing_ok=True)
            return several(commands)
        once(ours), once(theirs)
        a, b = [], []
        for turn in range(pairs or self.pairs):
            for side, commands in ((a, ours), (b, theirs))[::1 if turn % 2 == 0 else -1]:
                side.append(once(commands))
        return a, b

    def pair(self, name, ours, theirs, limit, pairs=None, of="wall", fresh=()):
        """A row of the pairs' median ratio of wall time, or of peak memory where `of` is "peak"."""
        a, b = self.measure(ours, theirs, pairs, fresh)
        mine, other = (statistics.median(getattr(x, of) for x in side) for side in (a, b))
        ratio = statistics.median(getattr(x, of) / getattr(y, of) for x, y in zip(a, b))
        work = statistics.median(x.work / y.work for x, y in zip(a, b))
        peaks = [max(x.peak for x in side) for side in (a, b)]
        unit = (lambda x: f"{x:.3f} s") if of == "wall" else (lambda x: f"{x:.0f} MB")
        self.row(name, unit(mine), unit(other), ratio, limit,
                 f"work {work:.2f}, peak {peaks[0]:.0f} / {peaks[1]:.0f} MB" if of == "wall" else f"work {work:.2f}")
        return a, b

    def row(self, name, ours, theirs, ratio, limit, note=""):
        # A row without a limit is there to be read beside another.
        good = limit is None or ratio <= limit
        self.rows.append(
            dict(name=name, ours=ours, theirs=theirs, ratio=round(ratio, 3), limit=limit, met=good, note=note))
        print(f"{name:<44} {ours:>10} {theirs:>10} {ratio:>6.3f} {'' if limit is None else format(limit, '.2f'):>6}  {'' if limit is None else 'yes' if good else 'NO':<3}  {note}", flush=True)

    def decoded(self, path):
        """Digests of every decoded picture, and the decoded sound."""
        def read(*words):
            return subprocess.check_output(
                ["ffmpeg", "-v", "error", "-i", path, *words, "-"], stdin=subprocess.DEVNULL)
        pictures = [line.split(b",")[-1].strip() for line in read("-map", "0:v", "-f", "framemd5").splitlines()
                    if not line.startswith(b"#")]
        return pictures, read("-map", "0:a", "-f", "s16le")

    # --- the figures ---

    def equal(self, mine, other):
        """A row that says how many decoded pictures of two files differ."""
        (pictures, sound), (their_pictures, their_sound) = self.decoded(mine), self.decoded(other)
        different = sum(x != y for x, y in zip(pictures, their_pictures)) + abs(len(pictures) - len(their_pictures))
        # The source's last packet of sound is longer than its picture. Reel cuts there, which an encoder hears two
        # packets before: 4096 samples of two channels of two bytes.
        end = min(len(sound), len(their_sound)) - 4096 * 4
        self.row("  decoded pictures that differ", str(different), f"of {len(their_pictures)}", different, 0,
                 "sound identical" if sound[:end] == their_sound[:end] else "SOUND DIFFERS")

    def one(self, title, clip, preset, pairs=None, compare=True):
        """One output by a preset, against ffmpeg with the same settings."""
        ending = self.presets[preset]["fileExtension"]
        mine, other = (str(self.folder / f"one-{side}-{preset}.{ending}") for side in ("reel", "ffmpeg"))
        self.pair(
            title, [[self.reel, "transcode", clip, "-o", mine, "--preset", preset]],
            [["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings(preset), other]], 1.0, pairs)
        if compare:
            self.equal(mine, other)

    def transcode(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        self.one("transcode 8 s 720p to H.264/AAC", clip, "mp4-web")

    def vp9(self):
        self.one("2 s 720p to VP9/Opus", self.clip("in-2s-720p.mp4", 2, "1280x720"), "webm-vp9", self.few)

    def av1(self):
        self.one("2 s 720p to AV1/Opus", self.clip("in-2s-720p.mp4", 2, "1280x720"), "webm-av1", self.few)

    def prores(self):
        # Both sides go from 4:2:0 to 4:2:2 by their own scaler's settings; Reel's round exactly.
        self.one("8 s 720p to ProRes/PCM", self.clip("in-8s-720p.mp4", 8, "1280x720"), "mov-prores", compare=False)

    def several(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        names = {"mp4": "mp4-web", "webm": "webm-vp9", "mov": "mov-prores"}
        ours = [self.reel, "transcode", clip]
        for ending, preset in names.items():
            ours += ["-o", str(self.folder / f"all-reel.{ending}"), "--preset", preset]
        sprites = self.folder / "all-reel-sprites"
        ours += ["--poster", str(self.folder / "all-reel.jpg"), "--sprites", str(sprites)]
        for title, limit, threads in (("MP4+WEBM+MOV+poster+sprites, equal threads", 0.92, True),
                                      ("  against ffmpeg as a person types it", None, False)):
            theirs = [["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings(preset, threads=threads),
                       str(self.folder / f"all-ffmpeg.{ending}")] for ending, preset in names.items()]
            theirs.append(["ffmpeg", "-v", "error", "-y", "-ss", "2.7", "-i", clip, "-frames:v", "1", "-update", "1",
                           str(self.folder / "all-ffmpeg.jpg")])
            theirs.append(["ffmpeg", "-v", "error", "-y", "-i", clip, "-vf", "fps=1,scale=160:-2,tile=8x1", "-frames:v",
                           "1", "-update", "1", str(self.folder / "all-ffmpeg-sprites.jpg")])
            self.pair(title, [ours], theirs, limit, self.few)

    def shared(self):
        """MP4 and MOV of the same pictures and sound: one encode against two."""
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        ours = [self.reel, "transcode", clip, "--set", "video.mode=encode", "--set", "audio.mode=encode"]
        theirs = []
        for ending, preset in (("mp4", "mp4-social"), ("mov", "mov-h264")):
            ours += ["-o", str(self.folder / f"two-reel.{ending}"), "--preset", preset]
            theirs.append(["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings(preset),
                           str(self.folder / f"two-ffmpeg.{ending}")])
        self.pair("MP4 + MOV of one H.264 encode", [ours], theirs, 0.55, self.few)

    def webm(self):
        """The default WEBM preset against libvpx-vp9 as libav defaults it."""
        clip = self.clip("in-2s-720p.mp4", 2, "1280x720")
        mine, other = str(self.folder / "webm-reel.webm"), str(self.folder / "webm-ffmpeg.webm")
        self.pair("default WEBM, against -c:v libvpx-vp9", [[self.reel, "transcode", clip, "-o", mine]],
                  [["ffmpeg", "-v", "error", "-y", "-i", clip, "-c:v", "libvpx-vp9", other]], 0.4, self.few)
        a, b = self.ssim(mine, clip), self.ssim(other, clip)
        sizes = [os.path.getsize(path) / 1024 for path in (mine, other)]
        self.row("  SSIM, its to ours", f"{a:.4f}", f"{b:.4f}", b / a, 1.0, f"{sizes[0]:.0f} / {sizes[1]:.0f} kB")

    def ssim(self, path, source):
        words = subprocess.run(
            ["ffmpeg", "-i", path, "-i", source, "-lavfi", "[0:v]settb=1/24,setpts=N[a];[1:v]settb=1/24,setpts=N[b];[a][b]ssim",
             "-f", "null", "-"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True).stderr
        return float(words.rsplit("All:", 1)[1].split()[0])

    def frame(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        self.pair(
            "exact last frame of 8 s 720p",
            [[self.reel, "frame", clip, "--last", "-o", str(self.folder / "last-reel.png")]],
            [["ffmpeg", "-v", "error", "-y", "-sseof", "-1", "-i", clip, "-update", "1",
              str(self.folder / "last-ffmpeg.png")]], 0.2)

    def longframe(self):
        clip = self.clip("in-2min-1080p.mp4", 120, "1920x1080")
        self.pair(
            "last frame of 2 min 1080p, to a full decode",
            [[self.reel, "frame", clip, "--last", "-o", str(self.folder / "long-reel.png")]],
            [["ffmpeg", "-v", "error", "-i", clip, "-map", "0:v", "-f", "null", "-"]], 0.05, self.few)

    def posters(self):
        clips = self.many(100)
        out = self.folder / "posters"
        self.pair(
            "100 posters of 100 clips",
            [[self.reel, "frame", *clips, "--best", "--out", str(out), "--format", "jpg"]],
            [["ffmpeg", "-v", "error", "-y", "-i", one, "-vf", "thumbnail=24", "-frames:v", "1", "-update", "1",
              str(self.folder / "poster-ffmpeg.jpg")] for one in clips], 0.2, self.few)

    def memory(self):
        clip = self.clip("in-3s-1080p.mp4", 3, "1920x1080")
        self.pair(
            "peak memory of a 1080p transcode",
            [[self.reel, "transcode", clip, "-o", str(self.folder / "peak-reel.mp4"), "--preset", "mp4-web"]],
            [["ffmpeg", "-v", "error", "-y", "-i", clip, *self.settings("mp4-web"),
              str(self.folder / "peak-ffmpeg.mp4")]], 1.0, self.few, of="peak")

    def remux(self):
        clip = self.folder / "in-1gb.mp4"
        if not clip.exists():
            source = self.clip("in-8s-720p.mp4", 8, "1280x720")
            times = 1 + (1 << 30) // os.path.getsize(source)
            part = self.folder / "in-1gb.part.mp4"
            subprocess.run(
                ["ffmpeg", "-v", "error", "-y", "-stream_loop", str(times), "-i", source, "-c", "copy", str(part)],
                check=True, stdin=subprocess.DEVNULL)
            part.rename(clip)
        # Reel writes beside an output that is there and then replaces it, which ext4 takes for a wish to have it on the
        # disk; ffmpeg writes over it. With no output there both do the same.
        mine, other = (str(self.folder / f"moved-{side}.mp4") for side in ("reel", "ffmpeg"))
        self.pair(
            "stream-copy remux of 1 GB",
            [[self.reel, "transcode", str(clip), "-o", mine, "--preset", "mp4-copy"]],
            [["ffmpeg", "-v", "error", "-y", "-i", str(clip), "-c", "copy", "-movflags", "+faststart", other]],
            1.0, self.pairs, fresh=(mine, other))

    def probe(self):
        clip = self.clip("in-8s-720p.mp4", 8, "1280x720")
        theirs = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json"]
        self.pair("probe of one MP4, whole process", [[self.reel, "probe", "--json", clip]], [[*theirs, clip]],
                  0.6, self.pairs * 3)
        clips = self.many(100)
        self.pair("probe of 100 MP4, one call", [[self.reel, "probe", "--json", *clips]],
                  [[*theirs, one] for one in clips], 0.05, self.few)

    def many(self, count):
        return [self.clip(f"short-{i:03}.mp4", 1, "320x180", seed=i + 1) for i in range(count)]

    def concat(self):
        clips = self.many(100)
        peaks = {}
        for count in (10, 100):
            runs = [run([self.reel, "concat", *clips[:count], "-o", str(self.folder / f"joined-{count}.mp4")])
                    for _ in range(3)]
            peaks[count] = statistics.median(cost.peak for cost in runs)
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
    figures = ["probe", "frame", "longframe", "posters", "transcode", "vp9", "av1", "prores", "several", "shared", "webm",
               "memory", "remux", "concat"]
    import films  # they import this file
    import joins

    others = {**joins.figures, **films.figures}
    figures += others
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
    print(f"\n{'':<44} {'reel':>10} {'ffmpeg':>10} {'ratio':>6} {'limit':>6}  met")
    bench = Bench(reel, folder, options.pairs)
    for figure in options.only or figures:
        others[figure](bench) if figure in others else getattr(bench, figure)()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"about": about, "figures": bench.rows}, indent=2) + "\n")
    missed = [row["name"].strip() for row in bench.rows if not row["met"]]
    if missed:
        print("\nnot met: " + "; ".join(missed))
        sys.exit(1)


if __name__ == "__main__":
    main()
