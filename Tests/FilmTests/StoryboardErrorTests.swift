import Film
import Foundation
import Testing

/// A storyboard with a fault, and what must be said about it.
struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var yaml: String
    /// Line and column, as `line:column`.
    var place: String
    var says: [String]
    var testDescription: String { name }
}

private let shot = "shots: [{id: a, prompt: A hill}]"

private let faults = [
    Fault(
        name: "unknown key at the top", yaml: "title: T\nmodle: m\n\(shot)", place: "2:1",
        says: ["modle", "unknown key", "did you mean `model`?"]),
    Fault(
        name: "unknown key in a shot", yaml: "title: T\nmodel: m\nshots:\n  - id: a\n    promt: A hill",
        place: "5:5", says: ["shots[0].promt", "unknown key", "did you mean `prompt`?"]),
    Fault(
        name: "unknown key in defaults", yaml: "title: T\nmodel: m\ndefaults: {multiclip: true}\n\(shot)",
        place: "3:12", says: ["defaults.multiclip", "did you mean `multiClip`?"]),
    Fault(
        name: "unknown key in film", yaml: "title: T\nmodel: m\n\(shot)\nfilm:\n  delivery: [x]",
        place: "5:3",
        says: ["film.delivery", "known here: deliver, thumbnails, rate"]),
    Fault(name: "missing title", yaml: "model: m\n\(shot)", place: "1:1", says: ["`title` is missing"]),
    Fault(
        name: "missing prompt", yaml: "title: T\nmodel: m\nshots:\n  - id: a", place: "4:5",
        says: ["shots[0]", "`prompt` is missing"]),
    Fault(name: "no shot", yaml: "title: T\nmodel: m\nshots: []", place: "3:8", says: ["has no shot"]),
    Fault(
        name: "shots is no list", yaml: "title: T\nmodel: m\nshots: {a: b}", place: "3:8",
        says: ["expected a list, found a mapping"]),
    Fault(
        name: "a number for a prompt", yaml: "title: T\nmodel: m\nshots:\n  - id: a\n    prompt: 12",
        place: "5:13",
        says: ["expected text, found the number 12", "\"12\""]),
    Fault(
        name: "a word for a seed",
        yaml: "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill, seed: many}",
        place: "4:35", says: ["shots[0].seed", "expected a whole number, found the text \"many\""]),
    Fault(
        name: "a seed beyond the range",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, seed: 2147483648}]",
        place: "3:39", says: ["out of range", "0 to 2147483647"]),
    Fault(
        name: "a word for audio", yaml: "title: T\nmodel: m\ndefaults: {audio: loud}\n\(shot)", place: "3:19",
        says: ["defaults.audio", "expected true or false"]),
    Fault(
        name: "a negative duration", yaml: "title: T\nmodel: m\ndefaults: {duration: -5}\n\(shot)",
        place: "3:22",
        says: ["defaults.duration", "seconds above 0"]),
    Fault(
        name: "an unknown start",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, start: previos}",
        place: "5:36", says: ["shots[1].start", "did you mean previous?"]),
    Fault(
        name: "a first shot that starts on the previous one",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, start: previous}]", place: "3:40",
        says: ["there is no shot before the first"]),
    Fault(
        name: "an id used twice",
        yaml: "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: A, prompt: A lake}",
        place: "5:5", says: ["line 4", "is called A as well"]),
    Fault(
        name: "an id that is no file name", yaml: "title: T\nmodel: m\nshots: [{id: ../a, prompt: A hill}]",
        place: "3:14", says: ["cannot name a file"]),
    Fault(
        name: "a preset twice", yaml: "title: T\nmodel: m\n\(shot)\nfilm: {deliver: [x, x]}", place: "4:21",
        says: ["film.deliver[1]", "twice"]),
    Fault(
        name: "size and resolution",
        yaml: "title: T\nmodel: m\ndefaults: {size: 640x360, resolution: 360p}\n\(shot)",
        place: "3:39", says: ["stands beside `size`"]),
    Fault(
        name: "a size that is none", yaml: "title: T\nmodel: m\ndefaults: {size: big}\n\(shot)",
        place: "3:18", says: ["1280x720"]),
    Fault(
        name: "a rate that is none", yaml: "title: T\nmodel: m\n\(shot)\nfilm: {rate: fast}", place: "4:14",
        says: ["24000/1001"]),
    Fault(
        name: "a key twice", yaml: "title: T\ntitle: U\nmodel: m\n\(shot)", place: "1:1",
        says: ["key given twice: title"]),
    Fault(name: "broken YAML", yaml: "title: [T\nmodel: m", place: "2:6", says: ["is not YAML"]),
    Fault(
        name: "a missing picture",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, firstImage: no.png}]",
        place: "3:45", says: ["no such picture: no.png"]),
    Fault(
        name: "a picture outside the folder",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, firstImage: ../../etc/hostname}]",
        place: "3:45",
        says: ["outside the storyboard's folder"]),
    Fault(
        name: "a join of the first shot",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, join: cut}]", place: "3:39",
        says: ["shots[0].join", "no shot before the first"]),
    Fault(
        name: "an unknown join",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, join: mach}",
        place: "5:35",
        says: ["shots[1].join", "did you mean match?"]),
    Fault(
        name: "a match with nothing to match",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, start: fresh, join: match}",
        place: "5:49", says: ["nothing to match", "start: previous"]),
    Fault(
        name: "a dissolve and a fade",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, join: {dissolve: 3, fade: 4}}",
        place: "5:35",
        says: ["either `dissolve` or `fade`"]),
    Fault(
        name: "a dissolve through a colour",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, join: {dissolve: 3, colour: black}}",
        place: "5:57", says: ["goes through no colour"]),
    Fault(
        name: "a fade of one frame",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, join: {fade: 1}}",
        place: "5:42",
        says: ["shots[1].join.fade", "2 to 240"]),
    Fault(
        name: "a fade through green",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, join: {fade: 8, colour: green}}",
        place: "5:53",
        says: ["black, white"]),
    Fault(
        name: "a title of two lines",
        yaml:
            "title: T\nmodel: m\nshots:\n  - {id: a, prompt: A hill}\n  - {id: b, prompt: A lake, title: \"x\\ny\"}",
        place: "5:36",
        says: ["shots[1].title", "several lines"]),
    Fault(
        name: "a loudness nobody means",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {loudness: {integrated: 14}}}",
        place: "4:39", says: ["film.sound.loudness.integrated", "-50 to -5 LUFS"]),
    Fault(
        name: "a loudness without a number",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {loudness: {truePeak: -1}}}",
        place: "4:26", says: ["`integrated` is missing"]),
    Fault(
        name: "a take that is not bought",
        yaml: "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, takes: 2, use: 3}]", place: "3:48",
        says: ["shots[0].use", "there is no take 3: 2 are bought", "takes: 3"]),
    Fault(
        name: "a budget that is no sum", yaml: "title: T\nmodel: m\nbudget: -3\n\(shot)", place: "3:9",
        says: ["budget", "dollars such as 7.50"]),
    Fault(
        name: "a treatment of seams nobody knows",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {seams: match-color}",
        place: "4:15", says: ["film.seams", "did you mean match-colour"]),
    Fault(
        name: "a correction of no frames",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {seams: {match-colour: 0}}",
        place: "4:30", says: ["film.seams.match-colour", "1 to 1200"]),
    Fault(
        name: "music without a file", yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {music: {gain: -6}}}",
        place: "4:23", says: ["film.sound.music", "`file` is missing"]),
    Fault(
        name: "music outside the folder",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {music: {file: ../../etc/hostname}}}",
        place: "4:30", says: ["outside the storyboard's folder"]),
    Fault(
        name: "music that is not there",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {music: {file: no.wav}}}",
        place: "4:30", says: ["no such music file: no.wav"]),
    Fault(
        name: "music that ducks by nothing",
        yaml: "title: T\nmodel: m\n\(shot)\nfilm: {sound: {music: {file: no.wav, duck: {attack: 1}}}}",
        place: "4:30", says: ["no such music file"]),
    Fault(
        name: "a picture by address",
        yaml:
            "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, firstImage: \"https://example.org/a.png\"}]",
        place: "3:45", says: ["pictures are files"]),
]

@Suite struct `A faulty storyboard` {
    @Test(arguments: faults)
    func `is refused with place, key and remedy`(_ fault: Fault) throws {
        let scratch = try Scratch()
        let path = try scratch.write(fault.yaml, to: "film.yaml")
        let error = try #require(throws: FilmError.self) { _ = try Storyboard.load(path: path) }
        #expect(error.exitCode == 5)
        #expect(error.subject == "\(path):\(fault.place)")
        let text = error.message + "\n" + (error.hint ?? "")
        for words in fault.says { #expect(text.contains(words), "\(text)") }
    }

    @Test func `that is missing, a folder, empty or not text is refused by name`() throws {
        let scratch = try Scratch()
        let empty = try scratch.write("", to: "empty.yaml")
        let binary = scratch.path + "/binary.yaml"
        try Data([0xFF, 0xFE, 0x00, 0xD8]).write(to: URL(fileURLWithPath: binary))
        for (path, words) in [
            (scratch.path + "/none.yaml", "no such file"), (scratch.path, "is a folder"), (empty, "is empty"),
            (binary, "not UTF-8"),
        ] {
            let error = try #require(throws: FilmError.self) { _ = try Storyboard.load(path: path) }
            #expect(error.exitCode == 5)
            #expect(error.message.contains(words))
            #expect(error.subject == path)
        }
    }

    @Test func `may name a picture outside its folder when that is allowed`() throws {
        let scratch = try Scratch()
        try scratch.writePicture("a.png", shade: 1)
        let path = try scratch.write(
            "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, firstImage: ../a.png}]",
            to: "films/film.yaml")
        #expect(throws: FilmError.self) { try Storyboard.load(path: path) }
        #expect(try Storyboard.load(path: path, allowOutside: true).shots[0].firstImage != nil)
    }

    @Test func `with a link out of its folder is refused`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "title: T\nmodel: m\nshots: [{id: a, prompt: A hill, firstImage: a.png}]", to: "films/film.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/films/a.png", withDestinationPath: "/etc/hostname")
        let error = try #require(throws: FilmError.self) { _ = try Storyboard.load(path: path) }
        #expect(error.message.contains("outside"))
    }

    @Test(arguments: [
        ("duration: 7", "duration", "5"), ("style: neon", "style", "cyberpunk"),
        ("size: 641x360", "641x360", "640x360"),
        ("resolution: 1080p, duration: 10", "duration", "5"),
    ])
    func `with a request the model refuses costs nothing`(setting: String, field: String, remedy: String)
        throws
    {
        let scratch = try Scratch()
        let path = try scratch.write(
            "title: T\nmodel: \"pixverse:1@6\"\ndefaults: {\(setting)}\n\(shot)", to: "film.yaml")
        let error = try #require(throws: FilmError.self) { _ = try Film.plan(.forTest(path, in: scratch)) }
        #expect(error.exitCode == 5)
        #expect(error.message.contains(field))
        #expect(error.hint?.contains(remedy) == true)
    }

    @Test func `with an unknown model, preset or a broken picture is refused before anything is bought`()
        throws
    {
        let scratch = try Scratch()
        try scratch.write("no picture", to: "bad.png")
        for (yaml, words) in [
            ("title: T\nmodel: nobody:1@1\n\(shot)", "nobody:1@1"),
            ("title: T\nmodel: \"pixverse:1@6\"\n\(shot)\nfilm: {deliver: [mp4-socail]}", "mp4-socail"),
            (
                "title: T\nmodel: \"pixverse:1@6\"\nshots: [{id: a, prompt: A hill, firstImage: bad.png}]",
                "bad.png"
            ),
        ] {
            let path = try scratch.write(yaml, to: "film.yaml")
            let error = try #require(throws: FilmError.self) {
                _ = try Film.plan(.forTest(path, in: scratch))
            }
            #expect(error.exitCode == 5)
            #expect(error.description.contains(words), "\(error)")
        }
    }
}
