"""Has other players read joined films and compares what they show with the clips.

    python3 check.py REEL CHROMIUM

The clips go on from each other, with reordered pictures, so that the ends before the seams are encoded. Of what is
copied the browser must show the clip's own picture; of what is encoded one that looks like it. It goes backwards to
every seam. GStreamer's demuxer and parser must hand on every picture as the ffmpeg program does.
"""
import functools
import hashlib
import http.server
import json
import math
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import urllib.parse

FRAMES = 60


def clip(folder, name, start, coding, size="640x360"):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y",
         "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=24:duration=20,noise=alls=8:all_seed=3",
         "-f", "lavfi", "-i", f"sine=frequency={300 + start}:sample_rate=48000:duration={FRAMES / 24}",
         "-filter_complex", f"[0:v]trim=start_frame={start}:end_frame={start + FRAMES},setpts=PTS-STARTPTS,"
         "format=yuv420p[v]", "-map", "[v]", "-map", "1:a", *coding.split(), "-colorspace", "bt709",
         "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv", "-c:a", "aac", "-ac", "2",
         str(folder / name)], check=True, stdin=subprocess.DEVNULL)
    return name


def serve(folder, answers):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

        def do_POST(self):
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def ask(chromium, address, profile, answers):
    with tempfile.TemporaryFile() as errors:
        browser = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
             "--no-first-run", "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={profile}", address],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            return answers.get(timeout=180)
        except queue.Empty:
            errors.seek(0)
            sys.exit("error: no answer from the browser:\n" + errors.read().decode(errors="replace")[-2000:])
        finally:
            browser.terminate()
            browser.wait()


def digests(data, size):
    return [hashlib.md5(data[at:at + size]).hexdigest() for at in range(0, len(data), size)]


def gstreamer(path, size):
    """What is wrong with the pictures as GStreamer reads them; empty if nothing is."""
    read = subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", "qtdemux", "!", "h264parse", "!", "avdec_h264",
         "!", "video/x-raw,format=I420", "!", "fdsink", "fd=1"],
        capture_output=True, stdin=subprocess.DEVNULL, check=True, timeout=120)
    witness = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
        stdin=subprocess.DEVNULL)
    mine, other = digests(read.stdout, size), digests(witness, size)
    if len(mine) != len(other):
        return f"{len(mine)} pictures of {len(other)}"
    off = [place for place, (a, b) in enumerate(zip(mine, other)) if a != b]
    return f"pictures {off} differ" if off else ""


def main():
    reel, chromium = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    failures = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        page = pathlib.Path(__file__).with_name("seams.html")
        (folder / page.name).write_text(page.read_text())
        answers = queue.Queue()
        site = serve(folder, answers)
        for title, coding in (("reordered, one group", "-c:v libx264 -preset medium -bf 3 -g 250"),
                              ("reordered, short groups", "-c:v libx264 -preset veryfast -bf 2 -g 24"),
                              ("in order", "-c:v libx264 -preset veryfast -bf 0 -g 250")):
            clips = [clip(folder, f"{place}.mp4", place * (FRAMES - 1), coding) for place in range(3)]
            film = "film.mp4"
            subprocess.run(
                [str(reel), "concat", *[str(folder / one) for one in clips], "-o", str(folder / film), "--join",
                 "match"],
                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            shown = [FRAMES - 1, FRAMES - 1, FRAMES]
            query = urllib.parse.urlencode(
                dict(film=film, clips=",".join(clips), shown=",".join(map(str, shown)), rate=24))
            answer = ask(chromium, f"{site}/{page.name}?{query}", folder / "profile", answers)
            if "error" in answer:
                sys.exit(f"error: {title}: {answer['error']}")
            total = sum(shown)
            faults = []
            for key in ("seconds", "played"):
                if abs(answer[key] - total / 24) > 0.03:
                    faults.append(f"{key} is {answer[key]}, not {total / 24:.3f}")
            same = 0
            for frame in answer["frames"]:
                same += frame["worst"] == 0
                # Only the last frames before a cut are encoded.
                isTail = frame["clip"] < 2 and frame["own"] >= shown[frame["clip"]] - 4
                noise = 10 * math.log10(255 ** 2 / frame["mse"]) if frame["mse"] else math.inf
                if noise < (34 if isTail else math.inf):
                    faults.append(f"frame {frame['film']} is off by {frame['worst']}, {noise:.1f} dB")
            print(f"Chromium: {title}: {total / 24:.3f} s played, {same} of {len(answer['frames'])} frames at the "
                  f"seams are the clips' own: {'; '.join(faults) or 'good'}", flush=True)
            other = gstreamer(str(folder / film), 640 * 360 * 3 // 2)
            print(f"GStreamer: {title}: {other or f'{total} pictures as ffmpeg decodes them'}", flush=True)
            failures += bool(faults) + bool(other)
    sys.exit(1 if failures else 0)


main()
