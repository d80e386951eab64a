import ArgumentParser

/// How a model's rules are read where its page's own examples break them.
struct StrictOption: ParsableArguments {
    @Flag(help: "Refuse also what the model's page forbids but its own examples do; else that is a warning.")
    var strict = false
}
