#!/usr/bin/env python3
"""Measures reel's joins: a film of chained clips against the usual script, copy-joins, memory.

    python3 Benchmarks/joins.py --reel .build/release/reel [--pairs 3] [--only chain]

The method is that of bench.py, which runs these too: `joins.figures` maps names to functions of a Bench.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import bench as benches  # noqa: E402


def chain(bench, count=8, frames=192, size="1280x720"):
    """Clips that go on from each other: each begins with the picture on which the one before it ended."""
    clips = []
    for place in range(count):
        path = bench.folder / f"chain-{size}-{place}.mp4"
        clips.append(str(path))
        if path.exists():
            continue
        start = place * (frames - 1)
        temporary = path.with_suffix(".part.mp4")
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y",
             "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration=90,noise=alls=12:all_seed=7",
             "-f", "lavfi", "-i", f"sine=frequency={200 + 50 * place}:sample_rate=48000:duration={frames / 24}",
             "-filter_complex", f"[0:v]trim=start_frame={start}:end_frame={start + frames},setpts=PTS-STARTPTS,"
             "format=yuv420p[v]", "-map", "[v]", "-map", "1:a", "-c:v", "libx264", "-preset", "veryfast",
             "-crf", "20", "-c:a", "aac", "-b:a", "128k", "-ac", "2", str(temporary)],
            check=True, stdin=subprocess.DEVNULL)
        temporary.rename(path)
    return clips


def pictures(path):
    """A digest of every decoded picture."""
    out = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-"], stdin=subprocess.DEVNULL)
    return [line.split(b",")[-1].strip() for line in out.splitlines() if not line.startswith(b"#")]


def similarity(film, place, clip, own):
    """SSIM of one frame of the film with one of a clip."""
    graph = (f"[0:v]trim=start_frame={place}:end_frame={place + 1},setpts=0[a];"
             f"[1:v]trim=start_frame={own}:end_frame={own + 1},setpts=0[b];[a][b]ssim=stats_file=-")
    said = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", film, "-i", clip, "-filter_complex", graph, "-f", "null", "-"],
        stdin=subprocess.DEVNULL).decode()
    return float(said.split("All:")[1].split()[0])


def film(bench):
    """Eight chained clips with their twins dropped, against: normalise each, then concatenate with an encode."""
    clips = chain(bench)
    mine, other = str(bench.folder / "film-reel.mp4"), str(bench.folder / "film-script.mp4")
    script, parts = [], []
    for place, clip in enumerate(clips):
        part = str(bench.folder / f"normal-{place}.mp4")
        parts.append(part)
        script.append(["ffmpeg", "-v", "error", "-y", "-i", clip, "-vf", "fps=24,scale=1280:720,format=yuv420p",
                       "-c:v", "libx264", "-crf", "18", "-c:a", "aac", "-ar", "48000", "-ac", "2", part])
    graph = "".join(f"[{i}:v][{i}:a]" for i in range(len(parts))) + f"concat=n={len(parts)}:v=1:a=1[v][a]"
    script.append(["ffmpeg", "-v", "error", "-y", *[word for part in parts for word in ("-i", part)],
                   "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-crf", "18",
                   "-c:a", "aac", "-movflags", "+faststart", other])
    bench.pair("8 chained 8 s clips, twins dropped",
               [[bench.reel, "concat", *clips, "-o", mine, "--join", "match"]], script, 0.04, 1)
    made = pictures(mine)
    wanted, origin = [], []
    for place, clip in enumerate(clips):
        own = pictures(clip)
        own = own[:-1] if place + 1 < len(clips) else own
        wanted += own
        origin += [(clip, i) for i in range(len(own))]
    changed = [i for i, (a, b) in enumerate(zip(made, wanted)) if a != b]
    lost = len(changed) + abs(len(made) - len(wanted))
    bench.row("  frames that are not the clips'", str(lost), f"of {len(wanted)}", lost / len(wanted), 0.02)
    if changed:
        worst = min(similarity(mine, i, *origin[i]) for i in changed)
        bench.row("  worst SSIM of those, from 1", f"{worst:.4f}", "0.98", 1 - worst, 0.02)


def copies(bench):
    """A hundred clips copied one after the other, sound too, against ffmpeg's concat demuxer."""
    clips = bench.many(100)
    listing = bench.folder / "copies.txt"
    listing.write_text("".join(f"file '{pathlib.Path(clip).resolve()}'\n" for clip in clips))
    mine, other = str(bench.folder / "copies-reel.mp4"), str(bench.folder / "copies-ffmpeg.mp4")
    bench.pair("copy-join of 100 clips",
               [[bench.reel, "concat", *clips, "-o", mine, "--preset", "mp4-copy", "--mode", "copy", "--join", "cut"]],
               [["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy",
                 "-movflags", "+faststart", other]], 0.5, max(3, bench.pairs // 2))


def memory(bench):
    """Five hundred clips take no more memory than ten."""
    clips = [clip for _ in range(5) for clip in bench.many(100)]
    peaks = {}
    for count in (10, 500):
        runs = [benches.run([bench.reel, "concat", *clips[:count], "-o", str(bench.folder / "memory.mp4"),
                             "--mode", "copy", "--join", "match"]) for _ in range(3)]
        peaks[count] = statistics.median(cost.peak for cost in runs)
    bench.row("copy-join, peak of 500 to 10 clips", f"{peaks[500]:.0f} MB", f"{peaks[10]:.0f} MB",
              peaks[500] / peaks[10], 1.1)


figures = {"joined-film": film, "joined-copies": copies, "joined-memory": memory}


def main():
    options = argparse.ArgumentParser(description="reel's joins against ffmpeg")
    options.add_argument("--reel", default=".build/release/reel")
    options.add_argument("--folder", default=".build/bench")
    options.add_argument("--pairs", type=int, default=3)
    options.add_argument("--only", choices=figures, action="append")
    options = options.parse_args()
    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    bench = benches.Bench(pathlib.Path(options.reel).resolve(), folder, options.pairs)
    print(f"{'':<34} {'reel':>10} {'ffmpeg':>10} {'ratio':>6} {'limit':>6}  met")
    for name in options.only or figures:
        figures[name](bench)
    sys.exit(0 if all(row["met"] for row in bench.rows) else 1)


if __name__ == "__main__":
    main()
