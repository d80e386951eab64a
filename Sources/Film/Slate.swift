import Media
import Montage

/// What the film shows in a shot's place.
struct Slate: Sendable, Hashable {
    /// What is written under the shot's id.
    var text: String
    /// Whether the storyboard's pictures are shown behind it.
    var showsPicture = false
    /// Whether the next shot would have begun on its last frame.
    var isShownOn = false
}

extension Production {
    /// The same film with slates in the place of these shots. They go on from nothing, and nothing goes on from them:
    /// their joins are cuts, unless the storyboard asks for a dissolve or a fade.
    func standingIn(_ slates: [Int: Slate]) -> Production {
        var changed = self
        changed.slates = slates
        for index in slates.keys where index + 1 < storyboard.shots.count {
            let next = storyboard.shots[index + 1]
            changed.slates[index]?.isShownOn = next.isChained && (next.join ?? .match) == .match
        }
        for index in storyboard.shots.indices {
            guard slates[index] != nil || (index > 0 && slates[index - 1] != nil) else { continue }
            let shot = storyboard.shots[index]
            if shot.isChained, shot.join == .match || shot.join == nil {
                changed.storyboard.shots[index].join = .cut
            }
            changed.storyboard.shots[index].isChained = false
        }
        return changed
    }

    /// The film of nothing but slates: each shot's words, over its first picture where it has one.
    func animatic() -> Production {
        standingIn(
            Dictionary(
                uniqueKeysWithValues: storyboard.shots.enumerated().map {
                    ($0, Slate(text: $1.prompt, showsPicture: true))
                }))
    }

    /// The name under which the journal remembers the keys of steps, to say what changed: a film of nothing but slates
    /// must not pass for the film.
    var name: String {
        slates.count == storyboard.shots.count ? storyboard.name + " (animatic)" : storyboard.name
    }

    /// What is painted in a shot's place, as long as its clip would be. Frames that the next shot would show again are
    /// left out, so that the film is as long as it would be.
    func slateJob(_ index: Int, output: String) throws -> SlateJob {
        let shot = storyboard.shots[index]
        let rate = storyboard.film.rate ?? Self.plain(size.rate ?? Rational(24, 1))
        // Where nobody says how long, it is what most shots are.
        var frames = Int(((try seconds(of: shot) ?? 5) * rate.value).rounded())
        if slates[index]?.isShownOn == true { frames -= 1 }
        return SlateJob(
            width: size.width, height: size.height, rate: rate, frames: max(2, frames), heading: shot.id,
            text: slates[index]?.text ?? "",
            picture: slates[index]?.showsPicture == true ? shot.firstImage ?? shot.lastImage : nil,
            output: output)
    }

    /// What enters the key of a slate.
    func slateKey(_ job: SlateJob, picture digest: String?) throws -> WorkKey {
        var job = job
        (job.output, job.picture) = ("", digest.map { "sha256:" + $0 })
        return try WorkKey.slate(JSONDocument(encoding: job), version: Slates.version, engine: engine)
    }

    /// How many seconds a shot is asked for; nil where nobody says.
    func seconds(of shot: Shot) throws -> Double? {
        let request = try JSONDocument(parsing: compose(shot, take: 1, upstream: .placeholder).request)
        switch request["duration"] {
        case .int(let value): return Double(value)
        case .number(let value): return value
        default: return shot.duration
        }
    }
}
