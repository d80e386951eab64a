import Foundation
import Runware
import Testing

@Suite struct `An assignment` {
    private func merge(_ words: [String], into text: String = "{}") throws -> String {
        try JSONValue(parsing: Data(text.utf8)).assigning(words.map { try Assignment(parsing: $0) }).canonical
    }

    @Test(arguments: [
        (["duration=8"], #"{"duration":8}"#),
        (["positivePrompt=a boat = a ship"], #"{"positivePrompt":"a boat = a ship"}"#),
        (["positivePrompt=\"8\""], #"{"positivePrompt":"8"}"#),
        (["negativePrompt="], #"{"negativePrompt":""}"#),
        (["model=pixverse:1@6"], #"{"model":"pixverse:1@6"}"#),
        (["includeCost=true", "seed=2147483647"], #"{"includeCost":true,"seed":2147483647}"#),
        (
            ["providerSettings.pixverse.style=anime", "providerSettings.pixverse.audio=false"],
            #"{"providerSettings":{"pixverse":{"audio":false,"style":"anime"}}}"#
        ),
        (["safety={\"mode\":\"fast\"}"], #"{"safety":{"mode":"fast"}}"#),
        (["duration=5", "duration=8"], #"{"duration":8}"#),
        (["inputs.frameImages=a.png"], #"{"inputs":{"frameImages":["a.png"]}}"#),
        (
            ["inputs.frameImages=a.png", "inputs.frameImages=b.png"],
            #"{"inputs":{"frameImages":["a.png","b.png"]}}"#
        ),
        (
            ["inputs.frameImages={\"image\":\"a\",\"frame\":\"last\"}"],
            #"{"inputs":{"frameImages":[{"frame":"last","image":"a"}]}}"#
        ),
        (["inputs.frameImages=[\"a\"]"], #"{"inputs":{"frameImages":["a"]}}"#),
    ])
    func `sets a field`(words: [String], expected: String) throws {
        #expect(try merge(words) == expected)
    }

    @Test func `changes what it names and leaves the rest`() throws {
        let text = #"{"duration":5,"inputs":{"frameImages":["old"]},"safety":{"mode":"fast"},"seed":1}"#
        #expect(
            try merge(["duration=8", "safety.checkContent=true"], into: text)
                == #"{"duration":8,"inputs":{"frameImages":["old"]},"safety":{"checkContent":true,"mode":"fast"},"seed":1}"#
        )
        #expect(
            try merge(["inputs.frameImages=new", "seed=null", "safety=null"], into: text)
                == #"{"duration":5,"inputs":{"frameImages":["new"]}}"#)
        #expect(try merge(["safety.mode=full"], into: #"{"safety":null}"#) == #"{"safety":{"mode":"full"}}"#)
    }

    @Test(arguments: [
        ("duration", "key=value"), ("=8", "empty part"), ("a..b=1", "empty part"), (".a=1", "empty part"),
        ("a.=1", "empty part"), ("inputs.frameImages[0]=a", "list"),
    ])
    func `that cannot be read says why`(word: String, reason: String) {
        let error = #expect(throws: RunwareError.self) { try Assignment(parsing: word) }
        #expect("\(error!.message) \(error!.hint ?? "")".contains(reason))
    }

    @Test func `does not lead through a value`() throws {
        let error = #expect(throws: RunwareError.self) {
            try merge(["width.pixels=3"], into: #"{"width":1280}"#)
        }
        #expect(error?.message == "width.pixels cannot be set: width is 1280")
        #expect(throws: RunwareError.self) { try merge(["a=1"], into: "[]") }
    }

    @Test(arguments: [
        ("duration=8", true), ("a.b=x/y", true), ("=", true), ("a[0]=1", true), ("request.json", false),
        ("-", false), ("./a=b.json", false), ("my file=1.json", false), ("", false),
    ])
    func `is told from a file's name`(word: String, isMeant: Bool) {
        #expect(Assignment.isMeant(by: word) == isMeant)
    }
}
