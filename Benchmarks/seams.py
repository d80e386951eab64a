#!/usr/bin/env python3
"""Counts how often `reel seams` is right about the frames that stand twice, on seams made to have so many.

Pictures that move are cut into two clips with 0 to 3 frames in common; the second is also given a drift of colour and
softness, as a copy through a model and an encoder has, or both get grain of their own. Prints a line a seam and the
table of docs/SEAMS.md. Needs the ffmpeg program and a built reel; the clips are kept in --work.
"""

import argparse
import json
import os
import subprocess
import sys

LENGTH, SHARED = 60, 32
# A still of 1280x720 with structure at every size.
FRACTAL = "mandelbrot=size=1280x720:rate=24:start_scale=1:end_scale=0.999999"
SCENES = {
    "test pattern": "testsrc2=size=640x360:rate=24",
    "zoom": "mandelbrot=size=640x360:rate=24:start_scale=1.2:end_scale=0.4:end_pts=60",
    "pan, 4 pixels": FRACTAL + ",crop=640:360:x='40+4*n':y='100+n'",
    "pan, half a pixel": FRACTAL + ",scale=2560:1440,crop=1280:720:x='200+n':y=300,scale=640:360",
    "cells": "life=size=160x90:rate=24:mold=10:ratio=0.3:seed=3:death_color=#202060:life_color=#e0d080,"
    "scale=640:360:flags=bicubic",
    "fade": "smptebars=size=640x360:rate=24,fade=out:st=0.6:d=2.2",
    "fade with motion": "testsrc2=size=640x360:rate=24,fade=out:st=0.6:d=2.2",
    "dark": "testsrc2=size=640x360:rate=24,eq=brightness=-0.35:contrast=0.25",
    "small thing": "color=c=#406080:size=640x360:rate=24[a];color=c=#c03020:size=24x60:rate=24[b];"
    "[a]drawbox=x=0:y=260:w=640:h=100:c=#305020:t=fill[c];[c][b]overlay=x='100+6*n':y=200",
}
PAINTED = {
    "harbour": "A fishing harbour at dawn, mist over still water, gulls",
    "city": "A person walks through a neon city street at night in the rain",
    "snow": "A mountain in a snow storm, wind",
}
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-an"]
DRIFT = "eq=contrast=1.04:brightness=0.012:saturation=1.06,colorbalance=rm=0.03:bm=-0.03,gblur=sigma=0.6"
GRAIN = "noise=alls=14:allf=t"
MODES = ("plain", "drift", "grain", "grain and drift")


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-y", *arguments], check=True)


def source(reel, name):
    """The moving picture that a scene's clips are cut from, without loss."""
    path = f"scene {name}.mkv".replace(" ", "-")
    lossless = ["-frames:v", str(LENGTH), "-an", "-pix_fmt", "yuv420p", "-c:v", "ffv1"]
    if os.path.exists(path):
        return path
    if name in SCENES:
        ffmpeg("-f", "lavfi", "-i", SCENES[name], *lossless, path)
    elif name in PAINTED:
        command = [reel, "generate", "--provider", "sandbox", "model=pixverse:1@6", "width=640", "height=360"]
        command += ["duration=5", "seed=5", f"positivePrompt={PAINTED[name]}", "-o", "painted.mp4"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ffmpeg("-i", "painted.mp4", *lossless, path)
    else:
        still = f"trim=end_frame=1,loop=loop={LENGTH - 1}:size=1,setpts=N/24/TB"
        ffmpeg("-i", source(reel, "harbour"), "-vf", still, *lossless, path)
    return path


def make(reel, case):
    scene, twins, mode, held, tail, other, _ = case
    name = "-".join(str(part) for part in case[:6]).replace(" ", "-").replace(",", "")
    first, second = f"{name}-a.mp4", f"{name}-b.mp4"
    if not (os.path.exists(first) and os.path.exists(second)):
        before = f"trim=end_frame={SHARED},setpts=N/24/TB"
        after = f"trim=start_frame={SHARED - twins},setpts=N/24/TB"
        before += f",tpad=stop_mode=clone:stop={tail}" if tail else ""
        after += f",tpad=start_mode=clone:start={held}" if held else ""
        if "grain" in mode:
            before, after = f"{before},{GRAIN}:all_seed=11", f"{after},{GRAIN}:all_seed=77"
        after += f",{DRIFT}" if "drift" in mode else ""
        ffmpeg("-i", source(reel, scene), "-vf", before, *H264, first)
        ffmpeg("-i", source(reel, other or scene), "-vf", after, *H264, second)
    return first, second


def cases():
    moving = list(SCENES) + list(PAINTED)
    for place, scene in enumerate(moving):
        for mode in MODES:
            for twins in range(4):
                yield scene, twins, mode, 0, 0, None, twins
        yield scene, 1, "drift", 2, 0, None, 1
        yield scene, 1, "plain", 0, 2, None, 3
        yield scene, 1, "plain", 0, 0, moving[(place + 3) % len(moving)], 0
    for mode in MODES:
        yield "still", 1, mode, 0, 0, None, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reel", default=".build/release/reel")
    parser.add_argument("--work", default=".build/seams", help="where the made clips are kept")
    parser.add_argument("--only", action="append", help="a scene; may be given several times")
    options = parser.parse_args()
    reel = os.path.abspath(options.reel)
    os.makedirs(options.work, exist_ok=True)
    os.chdir(options.work)
    table = {}
    for case in cases():
        scene, twins, mode, held, tail, other, truth = case
        if options.only and scene not in options.only:
            continue
        answer = subprocess.run(
            [reel, "seams", "--json", *make(reel, case)], check=True, capture_output=True, text=True).stdout
        measure = json.loads(answer)[0]["seam"]["measure"]
        found = "untold" if measure["isAssumed"] else measure["twinFrames"]
        row = "still" if truth is None else "cut" if other else truth
        table.setdefault(row, {}).setdefault(found, []).append(case)
        right = found == "untold" if truth is None else found == truth
        right = right and measure["heldFrames"] == held
        print("right" if right else "WRONG" if found != "untold" else "-    ", scene, "|", mode, "| made", twins,
              f"held {held} tail {tail}", f"then {other}" if other else "", "| found", found, measure["evidence"],
              "likeness", measure["likeness"], "progress", measure.get("progress"), flush=True)
    columns = [0, 1, 2, 3, 4, 5, 6, 7, 8, "untold"]
    columns = [c for c in columns if any(c in row for row in table.values())]
    print("\n| made | " + " | ".join(str(c) for c in columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for row in [0, 1, 2, 3, "cut", "still"]:
        if row in table:
            print(f"| {row} | " + " | ".join(str(len(table[row].get(c, []))) for c in columns) + " |")


if __name__ == "__main__":
    sys.exit(main())
