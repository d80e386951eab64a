import CFFmpeg

/// What is said about the light of a picture of high dynamic range. Source: SMPTE ST 2086, CTA-861.3.
public struct HDRMetadata: Sendable, Codable, Equatable {
    /// A colour by its CIE 1931 coordinates.
    public struct Point: Sendable, Codable, Equatable {
        /// The first coordinate, 0 to 1.
        public var x: Double
        /// The second coordinate, 0 to 1.
        public var y: Double
    }

    /// The red of the display it was made on.
    public var red: Point?
    /// The green of that display.
    public var green: Point?
    /// The blue of that display.
    public var blue: Point?
    /// The white of that display.
    public var white: Point?
    /// The least light of that display, in cd/m2.
    public var minLuminance: Double?
    /// The most light of that display, in cd/m2.
    public var maxLuminance: Double?
    /// The brightest pixel of all, in cd/m2 (MaxCLL).
    public var maxContentLight: Int?
    /// The brightest frame's mean, in cd/m2 (MaxFALL).
    public var maxFrameAverageLight: Int?
    /// The profile of Dolby Vision, where the container says that it is that.
    public var dolbyVisionProfile: Int?

    /// Reads what C lends; nil if none of it says anything.
    init?(mastering: UnsafeRawPointer?, light: UnsafeRawPointer?, dolby: UnsafeRawPointer?) {
        if let mastering {
            var numbers = [Double](repeating: 0, count: 10)
            let present = reel_mastering_display(mastering, &numbers)
            // A denominator of 0 is damage; JSON has no word for what comes of it.
            if present & 1 != 0, numbers[..<8].allSatisfy(\.isFinite) {
                red = Point(x: numbers[0], y: numbers[1])
                green = Point(x: numbers[2], y: numbers[3])
                blue = Point(x: numbers[4], y: numbers[5])
                white = Point(x: numbers[6], y: numbers[7])
            }
            if present & 2 != 0, numbers[8].isFinite, numbers[9].isFinite {
                (minLuminance, maxLuminance) = (numbers[8], numbers[9])
            }
        }
        if let light {
            var (peak, average): (UInt32, UInt32) = (0, 0)
            reel_content_light(light, &peak, &average)
            (maxContentLight, maxFrameAverageLight) = (Int(peak), Int(average))
        }
        if let dolby { dolbyVisionProfile = Int(reel_dolby_profile(dolby)) }
        if red == nil, maxLuminance == nil, maxContentLight == nil, dolbyVisionProfile == nil { return nil }
    }
}

extension HDRMetadata {
    init?(stream: UnsafePointer<AVStream>) {
        self.init(
            mastering: reel_stream_side_data(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, nil),
            light: reel_stream_side_data(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, nil),
            dolby: reel_stream_side_data(stream, AV_PKT_DATA_DOVI_CONF, nil))
    }
}

extension Frame {
    /// What the frame says about its light; nil where it says nothing.
    public var hdr: HDRMetadata? {
        HDRMetadata(
            mastering: reel_frame_side_data(pointer, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA),
            light: reel_frame_side_data(pointer, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL), dolby: nil)
    }
}
