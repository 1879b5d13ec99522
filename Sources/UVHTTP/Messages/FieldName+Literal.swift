public import HTTPTypes
import UVCore

extension HTTPField.Name {
    /// A name that stands in the program's text: `response.setHeader(.named("X-Request-Id"), "7")`. A text that is no
    /// token traps.
    public static func named(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { programError("\(name) is not the name of a field") }
        return name
    }
}
