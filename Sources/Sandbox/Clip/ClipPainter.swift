/// Paints the frames of one clip in order.
///
/// The clip may be cut into two or three camera set-ups. It begins on the first still and ends on the
/// last one, where given. Colour drifts a little from beginning to end, as generated clips do.
final class ClipPainter {
    private let order: ClipOrder
    private let scene: Scene
    private let tiles: Tiles
    private let finish: Finish
    private let canvas: Canvas
    private let cuts: [Int]
    private var stage: (number: Int, stage: Stage)?
    private let first: Morph?
    private let last: Morph?
    private let frames: Int
    private let looks: (push: Float, pull: Float)

    /// Loads the stills and prepares the scene. Blocks.
    init(_ order: ClipOrder) throws {
        self.order = order
        let seed = UInt64(bitPattern: order.seed)
        scene = Scene(prompt: order.prompt, style: order.style, seed: seed)
        tiles = Tiles(seed: seed)
        frames = order.frames
        finish = Finish(
            width: order.width, height: order.height, look: scene.look, seed: seed, tiles: tiles)
        canvas = Canvas(width: order.width, height: order.height)
        var dice = Dice(seed: seed, salt: 8)
        var cuts = [0]
        if order.multiClip {
            cuts.append(Int(Float(frames) * dice.between(0.34, 0.46)))
            if dice.chance(0.6) { cuts.append(Int(Float(frames) * dice.between(0.66, 0.76))) }
        }
        self.cuts = cuts
        looks = (dice.between(0.035, 0.06), dice.between(0.035, 0.06))
        let tiles = tiles
        first = try order.first.map { Morph(still: try Still.load($0, order: order), tiles: tiles) }
        last = try order.last.map { Morph(still: try Still.load($0, order: order), tiles: tiles) }
    }

    /// Paints frame `n` of the clip.
    func paint(_ n: Int, into frame: PlanarFrame) {
        let number = (cuts.lastIndex { $0 <= n }) ?? 0
        let begin = cuts[number]
        let end = number + 1 < cuts.count ? cuts[number + 1] : frames
        let current: Stage
        if let stage, stage.number == number {
            current = stage.stage
        } else {
            current = Stage(
                scene: scene, width: order.width, height: order.height, angle: number, tiles: tiles)
            stage = (number, current)
        }
        // Clay moves on twos, as puppets do; the camera with it.
        let moved = scene.look == .clay ? n / 2 * 2 : n
        let progress = Float(max(moved, begin) - begin) / Float(max(end - begin - 1, 1))
        let entry = entryWeight(n)
        let exit = exitWeight(n)
        if entry > 0 && exit > 0 {
            current.paint(canvas, time: Float(moved) / Float(VideoRules.framesPerSecond), progress: progress)
            finish.style(canvas, frame: n)
            let part = Float(n) / Float(max(frames - 1, 1))
            finish.round(canvas, into: frame, number: n, drifted: part * min(entry, exit), grainy: 1)
        }
        first?.blend(into: frame, weight: entry, scale: 1 + looks.push * push(n, from: 0))
        last?.blend(into: frame, weight: exit, scale: 1 + looks.pull * push(frames - 1 - n, from: 0))
    }

    /// Frames that the way from or to a still takes.
    private var way: Float { Float(min(44, frames / 3)) }

    private func entryWeight(_ n: Int) -> Float { first == nil ? 1 : smooth(0, way, Float(n)) }

    private func exitWeight(_ n: Int) -> Float { last == nil ? 1 : smooth(0, way, Float(frames - 1 - n)) }

    /// How far the camera has moved into a still, from rest.
    private func push(_ n: Int, from: Int) -> Float {
        let t = Float(n) / way
        return t * t
    }
}
