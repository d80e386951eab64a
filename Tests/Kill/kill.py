#!/usr/bin/env python3
"""Kills reel while it makes a film, runs it again, and looks at what was charged and what came out.

    python3 Tests/Kill/kill.py .build/release/reel [--kills 100] [--seed 1] [--workers 2]

The film has six shots in two chains. It is killed by SIGKILL at flushes of its journal, just before and just after
(every flush of an undisturbed run, or as many of them as there are kills), and at as many instants as there are kills,
drawn by the seed. Every third case has a service in trouble besides: lost acknowledgements, answers of 500, downloads
that break off. After each, reel runs again until the film is there, and must have every task charged once by the
sandbox's own books, the clips and the coded pictures and sound of the undisturbed film, and a store that verifies.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
STORYBOARD = """\
title: Killed
model: pixverse:1@6
defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: true}
shots:
  - {id: a1, prompt: a lamp in the fog, seed: 1}
  - {id: a2, prompt: the lamp goes out, seed: 2}
  - {id: a3, prompt: the fog lifts, seed: 3}
  - {id: b1, prompt: a boat at sea, seed: 4, start: fresh}
  - {id: b2, prompt: the boat comes home, seed: 5}
  - {id: b3, prompt: the harbour sleeps, seed: 6}
film: {deliver: [mp4-copy], thumbnails: false}
"""
SHOTS = 6
TROUBLE = {
    "lost acks": ["lost-ack"],
    "500s": ["submit-500", "poll-500*2"],
    "broken downloads": ["media-cut", "media-truncated"],
    "cut acks and resets": ["cut-ack", "poll-reset", "media-reset"],
}


class Wrong(Exception):
    """What is not as it must be."""


class Service:
    """A sandbox in a process of its own, which is not killed with reel."""

    def __init__(self, reel, folder, faults):
        world = {"delay": 0.3, "tasks": [{"match": {}, "faults": faults}]} if faults else {"delay": 0.3}
        (folder / "world.json").write_text(json.dumps(world))
        self.process = subprocess.Popen(
            [reel, "sandbox", "--port", "0", "--folder", str(folder / "world"), "--world", str(folder / "world.json")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()

    def books(self):
        with urllib.request.urlopen(self.address.rsplit("/", 1)[0] + "/world", timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self.process.kill()
        self.process.wait()


def film(reel, folder, service, **environment):
    return subprocess.Popen(
        [reel, "film", "film.yaml", "--out", "out", "--provider", "sandbox", "--base-url", service.address],
        cwd=folder, env={**os.environ, "RUNWARE_API_KEY": "", **environment}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def result(folder):
    """What must be the same however often the run was killed: the clips, and the film's coded streams."""
    report = json.loads((folder / "out" / "film.json").read_text())
    streams = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(folder / "out" / "film.mp4"), "-map", "0:v", "-map", "0:a", "-c", "copy",
         "-f", "streamhash", "-"], capture_output=True, text=True, check=True).stdout
    manifest = re.sub(r'"taskUUID":"[0-9a-f-]{36}"', "", (folder / "out" / "film.manifest.json").read_text())
    return {"clips": [shot["clipDigest"] for shot in report["shots"]], "streams": streams,
            "manifest": hashlib.sha256(manifest.encode()).hexdigest(), "cost": report["totalCost"]}


def prepare(root, name):
    folder = root / re.sub(r"[^a-z0-9.-]+", "-", name)
    folder.mkdir()
    (folder / "film.yaml").write_text(STORYBOARD)
    return folder


def calm(reel, root, shim):
    """The undisturbed film; how long it takes, and how often it flushes its journal."""
    folder = prepare(root, "calm")
    service = Service(reel, folder, [])
    try:
        begun = time.monotonic()
        run = film(reel, folder, service, LD_PRELOAD=shim, KILLPOINT_COUNT=str(folder / "count"))
        words = run.communicate()[1]
        if run.returncode != 0:
            raise SystemExit(f"the undisturbed film failed:\n{words}")
        books = service.books()
    finally:
        service.stop()
    return result(folder), books, time.monotonic() - begun, int((folder / "count").read_text())


def case(reel, root, shim, name, instant, flush, faults, expected, charge):
    folder = prepare(root, name)
    service = Service(reel, folder, faults)
    struck = False
    try:
        environment = {"LD_PRELOAD": shim, "KILLPOINT": str(flush)} if flush else {}
        run = film(reel, folder, service, **environment)
        if flush:
            run.communicate()
        else:
            try:
                run.communicate(timeout=instant)
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
        struck = run.returncode == -signal.SIGKILL
        # Trouble may end a run with exit code 3; going on is running it again.
        for _ in range(6):
            again = film(reel, folder, service)
            words = again.communicate(timeout=300)[1]
            if again.returncode != 3:
                break
        if again.returncode != 0:
            raise Wrong(f"the run after it ended with {again.returncode}:\n{words[-2000:]}")
        books = service.books()
        charges = [task["charge"] for task in books["tasks"] if task["charge"] > 0]
        if len(charges) != SHOTS:
            raise Wrong(f"{len(charges)} tasks are charged, {SHOTS} were meant: {books['tasks']}")
        if abs(books["totalCharge"] - charge) > 1e-9:
            raise Wrong(f"{books['totalCharge']} was charged, {charge} without the kill")
        found = result(folder)
        for part, value in expected.items():
            if found[part] != value:
                raise Wrong(f"other {part}: {found[part]} for {value}")
        audit = subprocess.run([reel, "verify", "film.yaml"], cwd=folder, capture_output=True, text=True)
        if audit.returncode != 0:
            raise Wrong(f"reel verify: {audit.stdout}{audit.stderr}")
        still = film(reel, folder, service)
        words = still.communicate(timeout=300)[1]
        if still.returncode != 0 or "nothing generated, nothing encoded" not in words:
            raise Wrong(f"one more run does something: {words[-500:]}")
    finally:
        service.stop()
    shutil.rmtree(folder)
    return struck


def main():
    options = argparse.ArgumentParser(description="kills reel over and over")
    options.add_argument("reel")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options = options.parse_args()
    reel = str(pathlib.Path(options.reel).resolve())
    root = pathlib.Path(tempfile.mkdtemp(prefix="reel-kill-"))
    shim = str(root / "killpoint.so")
    subprocess.run([os.environ.get("CC", "clang"), "-shared", "-fPIC", "-O1", "-o", shim, str(HERE / "killpoint.c"), "-ldl"],
                   check=True)
    expected, books, seconds, flushes = calm(reel, root, shim)
    dice = random.Random(options.seed)
    points = [sign * number for number in range(1, flushes + 1) for sign in (1, -1)]
    if len(points) > options.kills:
        points = sorted(dice.sample(points, options.kills), key=abs)
    cases = [(f"{'before' if point > 0 else 'after'} flush {abs(point)}", None, point) for point in points]
    # Two runs side by side take longer than one, so instants reach further than the undisturbed run did.
    cases += [(f"at {instant:.3f} s", instant, None)
              for instant in sorted(dice.uniform(0.02, 1.6 * seconds) for _ in range(options.kills))]
    troubles = list(TROUBLE.items())
    print(f"kill: an undisturbed film takes {seconds:.1f} s and flushes its journal {flushes} times; "
          f"{len(cases)} kills, seed {options.seed}", flush=True)
    begun, wrong, struck, troubled = time.monotonic(), [], 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        running = {}
        for place, (name, instant, flush) in enumerate(cases):
            faults = []
            if place % 3 == 2:
                words, faults = troubles[place // 3 % len(troubles)]
                name, troubled = f"{name}, {words}", troubled + 1
            running[pool.submit(case, reel, root, shim, name, instant, flush, faults, expected,
                                books["totalCharge"])] = name
        for done in concurrent.futures.as_completed(running):
            try:
                struck += done.result()
            except (Wrong, subprocess.SubprocessError, OSError, KeyError, ValueError) as error:
                wrong.append(running[done])
                print(f"WRONG  {running[done]}: {error}", flush=True)
    print(f"kill: {len(cases)} cases, {struck} killed before their end, {troubled} with a service in trouble, "
          f"{len(wrong)} wrong; {time.monotonic() - begun:.0f} s")
    if wrong:
        print(f"kill: their folders are left in {root}")
        sys.exit(1)
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
