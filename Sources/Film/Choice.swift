/// What a person chose for a shot with `reel take` or `reel repair`; the journal keeps it, the storyboard stays as it is.
package struct Choice: Sendable, Hashable {
    /// Name of the storyboard.
    package var storyboard: String
    /// The shot's id.
    package var shot: String
    /// The take that the film uses, from 1, where one of the storyboard's own was chosen.
    package var number: Int?
    /// A clip that was bought beside the storyboard's takes.
    package var repair: Repair?

    /// A clip between two frames that were there before it, so that nothing after it moves.
    package struct Repair: Sendable, Hashable {
        /// The work key of the shot's first take as it was asked for then: once that is another, the repair is none.
        package var base: String
        /// The work key of the clip.
        package var clip: String
        /// The work key of the last frame that the next shot was started with.
        package var frame: String?

        package init(base: String, clip: String, frame: String?) {
            (self.base, self.clip, self.frame) = (base, clip, frame)
        }
    }

    package init(storyboard: String, shot: String, number: Int? = nil, repair: Repair? = nil) {
        (self.storyboard, self.shot, self.number, self.repair) = (storyboard, shot, number, repair)
    }
}
