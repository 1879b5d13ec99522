import ArgumentParser

/// All exercises. The texts come from the folders, at build time.
enum Catalogue {
    static let exercises: [Exercise] = folders.map { folder in
        guard let exercise = Exercise(folder) else { preconditionFailure("\(folder.name) is not a whole exercise") }
        return exercise
    }

    /// The exercise of that number, which may lack its zero: `7` is `07`.
    static func exercise(_ name: String) throws -> Exercise {
        let digits = name.count == 1 ? "0" + name : name
        guard let exercise = exercises.first(where: { $0.number == digits }) else {
            throw ValidationError("There is no exercise \(name); `exercises list` shows those that there are.")
        }
        return exercise
    }
}
