import ArgumentParser
import Foundation
import Montage

/// One output of a clip command and the name of the preset it is made by.
struct DeliveryChoice: Equatable {
    var path: String
    var presetName: String

    /// The preset that is meant when only a file name is given.
    static let defaults = ["mp4": "mp4-web", "webm": "webm-vp9", "mov": "mov-prores"]

    static var defaultsText: String {
        ["mp4", "webm", "mov"].compactMap { ending in defaults[ending].map { ".\(ending) means \($0)" } }
            .joined(separator: ", ")
    }

    static func pair(outputs: [String], presets: [String]) throws -> [DeliveryChoice] {
        guard !outputs.isEmpty else { throw ValidationError("no output: give -o FILE") }
        if Set(outputs).count != outputs.count { throw ValidationError("two outputs have the same name") }
        if !presets.isEmpty, presets.count != outputs.count {
            throw ValidationError("\(presets.count) presets for \(outputs.count) outputs: one for each -o, or none")
        }
        return try outputs.enumerated().map { place, path in
            if !presets.isEmpty { return DeliveryChoice(path: path, presetName: presets[place]) }
            let ending = (path as NSString).pathExtension.lowercased()
            guard let name = defaults[ending] else {
                throw ValidationError("no preset for '\(path)': end it in .mp4, .webm or .mov, or give --preset")
            }
            return DeliveryChoice(path: path, presetName: name)
        }
    }

    /// The preset itself; its container must be the one the file name promises.
    func resolve(in library: PresetLibrary) throws -> Preset {
        let preset = try library.preset(named: presetName)
        let ending = (path as NSString).pathExtension.lowercased()
        guard ending == preset.fileExtension.lowercased() else {
            throw Complaint(
                .usage, code: "presetMismatch", "the preset \(preset.name) makes a .\(preset.fileExtension) file",
                at: path, hint: "end the output in .\(preset.fileExtension), or choose another preset")
        }
        return preset
    }
}
