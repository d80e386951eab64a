"""Reads the lists of edits of a film with OpenTimelineIO, which knows nothing of Reel.

`read_back.py FOLDER`: the folder of a finished film. What is expected is worked out here from `film.json` and from
the rules in docs/STORYBOARD.md, not from anything that the lists say. A line a case; fails if one fails.
"""

import json
import os
import sys

import opentimelineio as otio


def expected(report, early=False):
    """Of each shot its file, its used frames, and the dissolve before it (before and behind the cut).

    The cut of a dissolve is in its middle; `early` has it at its first frame, as EDLs do.
    """
    shots = report["shots"]
    clips = []
    for i, shot in enumerate(shots):
        join = shot.get("join")
        after = shots[i + 1].get("join") if i + 1 < len(shots) else None
        start, end, dissolve = 0, shot["framesShown"], None
        if isinstance(join, dict) and "dissolve" in join:
            start = 0 if early else join["dissolve"] // 2
            dissolve = (start, join["dissolve"] - start)
        if isinstance(after, dict) and "dissolve" in after:
            end -= after["dissolve"] - (0 if early else after["dissolve"] // 2)
        clips.append((shot["id"], shot["file"], start, end, dissolve))
    return clips


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def frames(range_):
    start = range_.start_time.to_frames()
    return start, start + range_.duration.to_frames()


def check_otio(folder, report):
    timeline = otio.adapters.read_from_file(os.path.join(folder, "film.otio"))
    rate = report["format"]["rate"]
    rate = rate["num"] / rate["den"]
    expect(timeline.name == report["title"], timeline.name)
    kinds = [track.kind for track in timeline.tracks]
    expect(kinds == ["Video", "Audio"], kinds)
    total = report["deliveries"][0]["frames"]
    for track in timeline.tracks:
        expect(track.duration().to_frames() == total, f"{track.kind}: {track.duration()} of {total}")
        expect(track.duration().rate == rate, track.duration().rate)
    video = timeline.tracks[0]
    wanted = expected(report)
    clips = [item for item in video if isinstance(item, otio.schema.Clip)]
    expect([clip.name for clip in clips] == [name for name, *_ in wanted], "names")
    dissolves = 0
    for clip, (name, file, start, end, dissolve) in zip(clips, wanted):
        media = clip.media_reference
        expect(isinstance(media, otio.schema.ExternalReference), f"{name}: {media}")
        expect(media.target_url == file, f"{name}: {media.target_url}")
        expect(os.path.isfile(os.path.join(folder, media.target_url)), f"{name}: no file")
        expect(frames(clip.source_range) == (start, end), f"{name}: {clip.source_range}")
        low, high = frames(media.available_range)
        expect(low == 0 and high >= end, f"{name}: {media.available_range}")
        before, _ = video.neighbors_of(clip, otio.schema.NeighborGapPolicy.never)
        if dissolve is None:
            expect(not isinstance(before, otio.schema.Transition), f"{name}: {before}")
            continue
        dissolves += 1
        expect(isinstance(before, otio.schema.Transition), f"{name}: {before}")
        offsets = (before.in_offset.to_frames(), before.out_offset.to_frames())
        expect(offsets == dissolve, f"{name}: {offsets}")
        # The frames on the far side of the cut are in the files.
        shown = video.trimmed_range_of_child(clip).start_time.to_frames()
        expect(start >= offsets[0], f"{name}: no frames before the cut at {shown}")
    # The library lays dissolves out by itself; it complains where a clip has no frames for one.
    otio.algorithms.track_with_expanded_transitions(video)
    return f"{len(clips)} clips, {dissolves} dissolve, {total} frames"


def check_adapter(name, file):
    """Reads another list by its adapter, where that is installed."""

    def check(folder, report):
        if name not in otio.adapters.available_adapter_names():
            return None
        kwargs = {}
        if name == "cmx_3600":
            rate = report["format"]["rate"]
            kwargs["rate"] = round(rate["num"] / rate["den"])
        result = otio.adapters.read_from_file(os.path.join(folder, file), adapter_name=name, **kwargs)
        if isinstance(result, otio.schema.SerializableCollection):
            result = next(iter(result.find_children(descended_from_type=otio.schema.Timeline)))
        track = result.video_tracks()[0]
        clips = [item for item in track if isinstance(item, otio.schema.Clip)]
        expect(len(clips) == len(report["shots"]), [clip.name for clip in clips])
        total = report["deliveries"][0]["frames"]
        lengths = [clip.source_range.duration.to_frames() for clip in clips]
        used = [end - start for _, _, start, end, _ in expected(report, early=name == "cmx_3600")]
        expect(lengths == used, f"{lengths}, not {used}")
        expect(track.duration().to_frames() == total, f"{track.duration()} of {total}")
        return f"{len(clips)} clips, {total} frames"

    return check


CASES = [
    ("film.otio", check_otio),
    ("film.edl", check_adapter("cmx_3600", "film.edl")),
    ("film.fcpxml", check_adapter("fcpx_xml", "film.fcpxml")),
]


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "film.json"), encoding="utf-8") as file:
        report = json.load(file)
    failed = 0
    for name, check in CASES:
        try:
            told = check(folder, report)
            word = "ok  " if told else "skip"
            told = told or "its adapter could not be installed"
        except Exception as error:  # whatever the library throws is the news here
            word, told, failed = "FAIL", f"{type(error).__name__}: {error}", failed + 1
        print(f"{word} {name:<12} {told}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
