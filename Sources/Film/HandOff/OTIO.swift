import Foundation
import Media
import Montage

/// OpenTimelineIO: the list of edits as JSON, in the schemas that every version of its library since 0.12 reads.
enum OTIO {
    /// The whole file. Keys are sorted.
    static func text(_ list: EditList) throws -> String {
        let timeline: [String: Any] = [
            "OTIO_SCHEMA": "Timeline.1", "name": list.title, "metadata": [String: Any](),
            "global_start_time": NSNull(),
            "tracks": [
                "OTIO_SCHEMA": "Stack.1", "name": "tracks", "metadata": [String: Any](),
                "source_range": NSNull(), "effects": [Any](), "markers": [Any](),
                "children": [track(list, kind: "Video"), track(list, kind: "Audio")],
            ] as [String: Any],
        ]
        let data = try JSONSerialization.data(
            withJSONObject: timeline, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func track(_ list: EditList, kind: String) -> [String: Any] {
        let rate = list.format.rate
        var children: [Any] = []
        for clip in list.clips {
            if case .dissolve(let before, let behind) = clip.join {
                children.append(
                    [
                        "OTIO_SCHEMA": "Transition.1", "name": "dissolve", "metadata": [String: Any](),
                        "transition_type": "SMPTE_Dissolve", "in_offset": time(before, rate),
                        "out_offset": time(behind, rate),
                    ] as [String: Any])
            }
            children.append(kind == "Audio" && !clip.hasSound ? gap(clip, rate) : item(clip, rate))
        }
        return [
            "OTIO_SCHEMA": "Track.1", "name": kind, "kind": kind, "metadata": [String: Any](),
            "source_range": NSNull(), "effects": [Any](), "markers": [Any](), "children": children,
        ]
    }

    private static func item(_ clip: EditList.Clip, _ rate: Rational) -> [String: Any] {
        var markers: [Any] = []
        if case .fade(let frames, let colour) = clip.join {
            markers.append(
                [
                    "OTIO_SCHEMA": "Marker.2", "name": "fade through \(colour), \(frames) frames",
                    "color": "PURPLE", "metadata": [String: Any](),
                    "marked_range": range(clip.used.lowerBound..<clip.used.lowerBound + 1, rate),
                ] as [String: Any])
        }
        return [
            "OTIO_SCHEMA": "Clip.1", "name": clip.name, "effects": [Any](), "markers": markers,
            "metadata": ["reel": ["title": clip.title]], "source_range": range(clip.used, rate),
            "media_reference": [
                "OTIO_SCHEMA": "ExternalReference.1", "name": clip.file, "metadata": [String: Any](),
                "target_url": clip.file, "available_range": range(0..<clip.available, rate),
            ] as [String: Any],
        ]
    }

    private static func gap(_ clip: EditList.Clip, _ rate: Rational) -> [String: Any] {
        [
            "OTIO_SCHEMA": "Gap.1", "name": clip.name, "effects": [Any](), "markers": [Any](),
            "metadata": [String: Any](), "source_range": range(0..<clip.used.count, rate),
        ]
    }

    private static func range(_ frames: Range<Int>, _ rate: Rational) -> [String: Any] {
        [
            "OTIO_SCHEMA": "TimeRange.1", "start_time": time(frames.lowerBound, rate),
            "duration": time(frames.count, rate),
        ]
    }

    private static func time(_ frames: Int, _ rate: Rational) -> [String: Any] {
        ["OTIO_SCHEMA": "RationalTime.1", "rate": rate.value, "value": frames]
    }
}
