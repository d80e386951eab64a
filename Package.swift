// swift-tools-version: 6.2
import PackageDescription

// The compiler holds the line between rooms: with internal imports by default, a public signature
// that shows a type of FFmpeg, FlyingFox or GRDB does not compile.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// Tests run once, what they test runs long: to optimise their own code takes longer than it saves, half of a test
// target's compile time. Tests are found by the compiler's index; of the system's modules it tells nothing that is
// asked for here, and they are a third of what is left.
let tests = house + [.unsafeFlags(["-Onone", "-index-ignore-system-modules"])]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// Only where it is asked for: libFuzzer brings a main of its own. See the Makefile.
let fuzz: [Target] =
    Context.environment["REEL_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["Montage", "Media"], path: "Tests/Fuzz", swiftSettings: house)
    ]

let package = Package(
    name: "reel",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "reel", targets: ["reel"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavfilter-dev", "libswscale-dev",
                    "libswresample-dev", "libavutil-dev",
                ]),
                .brew(["ffmpeg"]),
            ]),
        .target(name: "CFFmpegShim", dependencies: ["CFFmpeg"]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "Media", dependencies: ["CFFmpeg", "CFFmpegShim", "COpenSSL"], swiftSettings: house),
        .target(name: "Montage", dependencies: ["Media", yams], swiftSettings: house),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(name: "Curl", dependencies: ["CCurl"], swiftSettings: house),
        .target(name: "Runware", dependencies: ["Curl", log, yams], swiftSettings: house),
        .target(
            name: "Film",
            dependencies: [
                "Montage", "Runware", "Media", yams, log,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .target(
            name: "Sandbox",
            dependencies: ["Media", "Curl", log, .product(name: "FlyingFox", package: "FlyingFox")],
            swiftSettings: house),
        .target(
            name: "Webhooks", dependencies: [.product(name: "FlyingFox", package: "FlyingFox")],
            swiftSettings: house),
        .executableTarget(
            name: "reel",
            dependencies: [
                "Media", "Montage", "Runware", "Film", "Sandbox", "Webhooks", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),

        .target(
            name: "TestSupport", dependencies: ["Media", "Curl"], path: "Tests/Support", swiftSettings: house),
        .testTarget(name: "MediaTests", dependencies: ["Media", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "MontageTests", dependencies: ["Montage", "Media", "TestSupport"], swiftSettings: tests),
        .testTarget(name: "RunwareTests", dependencies: ["Runware", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "SandboxTests", dependencies: ["Sandbox", "Media", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "ContractTests",
            dependencies: [
                "Runware", "Sandbox", "Film", "Montage", "Webhooks", "TestSupport", "storm", log,
                .product(name: "FlyingFox", package: "FlyingFox"),
            ],
            swiftSettings: tests),
        .executableTarget(
            name: "storm", dependencies: ["Runware"], path: "Tests/Storm", swiftSettings: house),
        .testTarget(name: "WebhookTests", dependencies: ["Webhooks", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "FilmTests",
            dependencies: [
                "Film", "Runware", "Sandbox", "Montage", "Media", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: tests),
        .testTarget(
            name: "CLITests", dependencies: ["reel", "Media", "TestSupport"], exclude: ["Transcripts"],
            swiftSettings: tests),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: tests),
    ] + fuzz,
    swiftLanguageModes: [.v6]
)
