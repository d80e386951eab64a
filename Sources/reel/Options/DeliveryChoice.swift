import ArgumentParser
import Foundation
import Montage

/// One output of a clip command and the name of the preset it is made by; without a name the ending decides.
struct DeliveryChoice: Equatable {
    var path: String
    var presetName: String?

    static func pair(outputs: [String], presets: [String]) throws -> [DeliveryChoice] {
        guard !outputs.isEmpty else { throw ValidationError("no output: give -o FILE") }
        if Set(outputs).count != outputs.count { throw ValidationError("two outputs have the same name") }
        if !presets.isEmpty, presets.count != outputs.count {
            throw ValidationError(
                "\(presets.count) presets for \(outputs.count) outputs: one for each -o, or none")
        }
        return outputs.enumerated().map { place, path in
            DeliveryChoice(path: path, presetName: presets.isEmpty ? nil : presets[place])
        }
    }

    /// The preset itself; its container must be the one the file name promises.
    func resolve(in library: PresetLibrary, setting overrides: [PresetOverride] = []) throws -> Preset {
        let ending = (path as NSString).pathExtension.lowercased()
        guard let presetName else {
            do {
                return try library.preset(forExtension: ending, setting: overrides)
            } catch let error as MontageError where error.code == .presetUnknown && !library.presets.isEmpty {
                throw Complaint(
                    .usage, code: "presetUnknown", "no preset goes with the ending '.\(ending)'", at: path,
                    hint: "end the output in .mp4, .webm, .mov, .mkv, .gif or .webp, or give --preset NAME")
            }
        }
        let preset = try library.preset(named: presetName, setting: overrides)
        guard ending == preset.fileExtension.lowercased() else {
            throw Complaint(
                .usage, code: "presetMismatch",
                "the preset \(preset.name) makes a .\(preset.fileExtension) file",
                at: path, hint: "end the output in .\(preset.fileExtension), or choose another preset")
        }
        return preset
    }
}
