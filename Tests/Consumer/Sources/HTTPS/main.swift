import UVCrypto
import UVHTTP

EventLoop.main { loop in
    let tls = try TLSContext(certificateFile: "server.pem", keyFile: "server.key")
    HTTPServer(tls: tls) { request, response in response.end("Read by you alone.\n") }.listen(port: 8443)
}
