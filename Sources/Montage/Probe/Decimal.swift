/// A number with a fixed number of decimals, rounded to nearest: for people, without Foundation's formats.
func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    let ticks = Int64((value * Double(scale)).rounded())
    let (whole, part) = abs(ticks).quotientAndRemainder(dividingBy: scale)
    let digits = String(part)
    let sign = ticks < 0 ? "-" : ""
    if places == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(String(repeating: "0", count: places - digits.count))\(digits)"
}
