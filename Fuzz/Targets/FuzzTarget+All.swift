extension FuzzTarget {
    /// In the order in which `scripts/fuzz.sh` lists them.
    public static let all: [FuzzTarget] = [
        requestHead, responseHead, chunks, path, query, files, url, inflate, handshake, frames, packedFrames, json,
        taskJSON, queueJSON, subscribe, env, rows, queue,
    ]
}
