#!/usr/bin/env python3
"""Measures what a film saves by being a build: one shot edited in a long one, and the wait for the last of several.

    python3 Benchmarks/films.py --reel .build/release/reel [--only last-shot]

Shots come from the sandbox, at 360p and 5 seconds, delivered as MP4, WEBM and MOV. Each figure is one run of either
side: a full build takes minutes.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import bench as benches  # noqa: E402

PRESETS = {"mp4": "mp4-web", "webm": "webm-vp9", "mov": "mov-prores"}


def storyboard(folder, count, chained, change=None):
    """A storyboard of so many shots; `change` is the place of one with other words."""
    lines = ["title: Measured", "model: pixverse:1@6",
             'defaults: {resolution: 360p, aspect: "16:9", duration: 5, audio: true}', "shots:"]
    for i in range(count):
        words = "in the rain" if i == change else "at dusk"
        start = "" if i == 0 or chained else ", start: fresh"
        lines.append(f"  - {{id: s{i:02}, prompt: A lighthouse by the sea {words} number {i}, seed: {i + 1}{start}}}")
    lines.append(f"film: {{deliver: [{', '.join(PRESETS.values())}], thumbnails: true}}")
    path = folder / "film.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def fresh(bench, name):
    folder = bench.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def film(bench, path, out):
    """Runs the film; seconds of the whole, and from the arrival of the last clip to the end."""
    begun = time.perf_counter()
    arrived = begun
    child = subprocess.Popen(
        [bench.reel, "film", str(path), "--out", str(out), "--progress", "json"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    tail = []
    for line in child.stderr:
        if '"done"' in line and '"shot s' in line and "frames" in line:
            arrived = time.perf_counter()
        tail = tail[-3:] + [line]
    if child.wait() != 0:
        raise SystemExit("bench: reel film failed:\n" + "".join(tail))
    ended = time.perf_counter()
    return ended - begun, ended - arrived


def edited(bench):
    """One shot of fifty gets other words, against the whole film made from nothing."""
    folder = fresh(bench, "film-edited")
    whole, _ = film(bench, storyboard(folder, 50, chained=False), folder / "out")
    again, _ = film(bench, storyboard(folder, 50, chained=False, change=24), folder / "out")
    bench.row("one shot of 50 edited, to the full build", f"{again:.1f} s", f"{whole:.1f} s", again / whole, 0.05)


def last(bench):
    """The eighth shot arrives when the seven before it are rendered, against the script that starts then. The film is
    made with another eighth shot first, so that the seven are as they are while the last one is waited for."""
    folder = fresh(bench, "film-last")
    film(bench, storyboard(folder, 8, chained=True, change=7), folder / "out")
    _, wait = film(bench, storyboard(folder, 8, chained=True), folder / "out")
    shots = sorted(str(path) for path in (folder / "out" / "shots").glob("*.mp4"))
    graph = "".join(f"[{i}:v][{i}:a]" for i in range(len(shots))) + f"concat=n={len(shots)}:v=1:a=1[v][a]"
    script = []
    for ending, preset in PRESETS.items():
        words = bench.settings(preset, threads=False)
        words = words[words.index("-c:v"):]
        script.append(
            ["ffmpeg", "-v", "error", "-y", *[word for shot in shots for word in ("-i", shot)], "-filter_complex",
             graph, "-map", "[v]", "-map", "[a]", *words, str(folder / f"script.{ending}")])
    theirs = benches.several(script).wall
    bench.row("last of 8 shots to three films", f"{wait:.1f} s", f"{theirs:.1f} s", wait / theirs, 0.2)


figures = {"film-edited": edited, "film-last": last}


def main():
    options = argparse.ArgumentParser(description="reel's films against a script")
    options.add_argument("--reel", default=".build/release/reel")
    options.add_argument("--folder", default=".build/bench")
    options.add_argument("--only", choices=figures, action="append")
    options = options.parse_args()
    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    bench = benches.Bench(pathlib.Path(options.reel).resolve(), folder, 1)
    for name in options.only or figures:
        figures[name](bench)
    sys.exit(0 if all(row["met"] for row in bench.rows) else 1)


if __name__ == "__main__":
    main()
