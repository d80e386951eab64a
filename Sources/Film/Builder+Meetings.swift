import Foundation
import Media
import Montage

extension Builder {
    /// What is made of two neighbours.
    struct Meeting: Sendable {
        /// The strip of pictures at the seam; its facts are the report.
        var seam: Artifact
        /// What was measured there.
        var report: Montage.SeamReport
        /// The frames that are made of both shots, by delivery.
        var blends: [String: Artifact]
    }

    /// Makes what belongs to the shot at this place and the next one, as soon as both clips are there. Where one
    /// never comes, neither does this.
    func meet(_ index: Int) async {
        do {
            let before = try await clips[index].value()
            let after = try await clips[index + 1].value()
            let format = try await self.format.value()
            let seam = try await self.seam(index, before, after)
            guard let report = seam.fact(Montage.SeamReport.self) else {
                throw FilmError(
                    .journalUnreadable, "has no measure of the seam before \(film.shots[index + 1].id)",
                    subject: film.path)
            }
            let blends = try await self.blends(before: index + 1, before, after, in: format)
            await meetings[index].settle(
                .success(Meeting(seam: seam, report: report, blends: blends)))
        } catch {
            await meetings[index].settle(.failure(error))
        }
    }

    /// Tells all who wait for these shots' clips that they will not come.
    func giveUp(_ shots: Range<Int>, _ error: any Error) async {
        for index in shots { await clips[index].settle(.failure(error)) }
    }
}
