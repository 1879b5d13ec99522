/// What Node 20 tells of a request and its response, in which order: a line a conversation.
///
/// Method, when it is answered, when its body is read, what follows on the connection, whether the body comes in a read of
/// its own (`cut`). In a line `a` and `b` are requests, `over` is the response's `close`. Node printed the same each time.
enum NodeEvents {
    static let lines = text.split(separator: "\n").map(String.init)

    private static let text = """
        GET now none keep: a.finish tick a.over a.end a.close
        GET now none close: a.finish tick a.over a.end a.close
        GET now none pipe: a.finish tick tick a.over b.finish a.end b.over b.end a.close b.close
        GET now data keep: a.finish tick a.end a.over a.close
        GET now data close: a.finish tick a.end a.over a.close
        GET now data pipe: a.finish tick tick a.end a.over b.finish b.end b.over a.close b.close
        GET now resume keep: a.finish tick a.end a.over a.close
        GET now resume close: a.finish tick a.end a.over a.close
        GET now resume pipe: a.finish tick tick a.end a.over b.finish b.end b.over a.close b.close
        GET now datalate keep: listen a.finish tick a.over a.end a.close
        GET now datalate close: listen a.finish tick a.over a.end a.close
        GET now datalate pipe: listen a.finish tick listen tick a.over b.finish a.end b.end b.over a.close b.close
        GET tick none keep: tick a.finish tick a.over a.end a.close
        GET tick none close: tick a.finish tick a.over a.end a.close
        GET tick none pipe: tick tick a.finish tick tick a.over b.finish a.end b.over b.end a.close b.close
        GET tick data keep: tick a.end a.finish tick a.over a.close
        GET tick data close: tick a.end a.finish tick a.over a.close
        GET tick data pipe: tick tick a.end a.finish tick b.end tick a.over b.finish a.close b.over b.close
        GET tick resume keep: tick a.end a.finish tick a.over a.close
        GET tick resume close: tick a.end a.finish tick a.over a.close
        GET tick resume pipe: tick tick a.end a.finish tick b.end tick a.over b.finish a.close b.over b.close
        GET tick datalate keep: listen tick a.finish tick a.end a.over a.close
        GET tick datalate close: listen tick a.finish tick a.end a.over a.close
        GET tick datalate pipe: listen tick listen tick a.finish tick a.end tick b.end a.over b.finish b.over \
        a.close b.close
        GET immediate none keep: tick a.finish tick a.over a.end a.close
        GET immediate none close: tick a.finish tick a.over a.end a.close
        GET immediate none pipe: tick a.finish tick a.over a.end a.close tick b.finish tick b.over b.end b.close
        GET immediate data keep: a.end a.close tick a.finish tick a.over
        GET immediate data close: a.end a.close tick a.finish tick a.over
        GET immediate data pipe: a.end b.end a.close b.close tick a.finish tick a.over tick b.finish tick b.over
        GET immediate resume keep: a.end a.close tick a.finish tick a.over
        GET immediate resume close: a.end a.close tick a.finish tick a.over
        GET immediate resume pipe: a.end b.end a.close b.close tick a.finish tick a.over tick b.finish tick b.over
        GET immediate datalate keep: listen a.end a.close tick a.finish tick a.over
        GET immediate datalate close: listen a.end a.close tick a.finish tick a.over
        GET immediate datalate pipe: listen listen a.end b.end a.close b.close tick a.finish tick a.over tick \
        b.finish tick b.over
        GET later none keep: tick a.finish tick a.over a.end a.close
        GET later none close: tick a.finish tick a.over a.end a.close
        GET later none pipe: tick a.finish tick a.over a.end a.close tick b.finish tick b.over b.end b.close
        GET later data keep: a.end a.close tick a.finish tick a.over
        GET later data close: a.end a.close tick a.finish tick a.over
        GET later data pipe: a.end b.end a.close b.close tick a.finish tick a.over tick b.finish tick b.over
        GET later resume keep: a.end a.close tick a.finish tick a.over
        GET later resume close: a.end a.close tick a.finish tick a.over
        GET later resume pipe: a.end b.end a.close b.close tick a.finish tick a.over tick b.finish tick b.over
        GET later datalate keep: listen a.end a.close tick a.finish tick a.over
        GET later datalate close: listen a.end a.close tick a.finish tick a.over
        GET later datalate pipe: listen listen a.end b.end a.close b.close tick a.finish tick a.over tick \
        b.finish tick b.over
        GET onend data keep: a.end a.finish tick a.over a.close
        GET onend data close: a.end a.finish tick a.over a.close
        GET onend data pipe: a.end b.end a.finish tick tick a.over b.finish a.close b.close b.over
        GET onend resume keep: a.end a.finish tick a.over a.close
        GET onend resume close: a.end a.finish tick a.over a.close
        GET onend resume pipe: a.end b.end a.finish tick tick a.over b.finish a.close b.close b.over
        GET onend datalate keep: listen a.end a.finish tick a.over a.close
        GET onend datalate close: listen a.end a.finish tick a.over a.close
        GET onend datalate pipe: listen listen a.end b.end a.finish tick tick a.over b.finish a.close b.close b.over
        POST now none keep: a.finish tick a.over a.end a.close
        POST now none keep cut: a.finish tick a.over a.end a.close
        POST now none close: a.finish tick a.over a.end a.close
        POST now none pipe: a.finish tick a.over a.end b.finish tick b.over a.close b.end b.close
        POST now data keep: data a.finish tick a.over a.end a.close
        POST now data keep cut: a.finish tick a.over data a.end a.close
        POST now data close: data a.finish tick a.over a.end a.close
        POST now data pipe: data a.finish tick a.over a.end data b.finish tick b.over a.close b.end b.close
        POST now resume keep: a.finish tick a.over a.end a.close
        POST now resume keep cut: a.finish tick a.over a.end a.close
        POST now resume close: a.finish tick a.over a.end a.close
        POST now resume pipe: a.finish tick a.over a.end b.finish tick b.over a.close b.end b.close
        POST now datalate keep: listen a.finish tick data a.over a.end a.close
        POST now datalate keep cut: listen a.finish tick a.over data a.end a.close
        POST now datalate close: listen a.finish tick data a.over a.end a.close
        POST now datalate pipe: listen a.finish tick data a.over a.end listen b.finish tick data b.over a.close \
        b.end b.close
        POST tick none keep: tick a.finish tick a.over a.end a.close
        POST tick none keep cut: tick a.finish tick a.over a.end a.close
        POST tick none close: tick a.finish tick a.over a.end a.close
        POST tick none pipe: tick a.finish tick a.over a.end tick b.finish tick a.close b.over b.end b.close
        POST tick data keep: data tick a.finish tick a.over a.end a.close
        POST tick data keep cut: tick a.finish tick a.over data a.end a.close
        POST tick data close: data tick a.finish tick a.over a.end a.close
        POST tick data pipe: data tick a.finish tick a.over a.end data tick b.finish tick a.close b.over b.end b.close
        POST tick resume keep: tick a.finish tick a.over a.end a.close
        POST tick resume keep cut: tick a.finish tick a.over a.end a.close
        POST tick resume close: tick a.finish tick a.over a.end a.close
        POST tick resume pipe: tick a.finish tick a.over a.end tick b.finish tick a.close b.over b.end b.close
        POST tick datalate keep: listen tick data a.finish tick a.over a.end a.close
        POST tick datalate keep cut: listen tick a.finish tick a.over data a.end a.close
        POST tick datalate close: listen tick data a.finish tick a.over a.end a.close
        POST tick datalate pipe: listen tick data a.finish tick a.over a.end listen tick data b.finish tick \
        a.close b.over b.end b.close
        POST immediate none keep: tick a.finish tick a.over a.end a.close
        POST immediate none keep cut: tick a.finish tick a.over a.end a.close
        POST immediate none close: tick a.finish tick a.over a.end a.close
        POST immediate none pipe: tick a.finish tick a.over a.end a.close tick b.finish tick b.over b.end b.close
        POST immediate data keep: data a.end a.close tick a.finish tick a.over
        POST immediate data keep cut: tick a.finish tick a.over data a.end a.close
        POST immediate data close: data a.end a.close tick a.finish tick a.over
        POST immediate data pipe: data a.end data a.close b.end b.close tick a.finish tick a.over tick b.finish \
        tick b.over
        POST immediate resume keep: a.end a.close tick a.finish tick a.over
        POST immediate resume keep cut: tick a.finish tick a.over a.end a.close
        POST immediate resume close: a.end a.close tick a.finish tick a.over
        POST immediate resume pipe: a.end a.close b.end b.close tick a.finish tick a.over tick b.finish tick b.over
        POST immediate datalate keep: listen data a.end a.close tick a.finish tick a.over
        POST immediate datalate keep cut: listen tick a.finish tick a.over data a.end a.close
        POST immediate datalate close: listen data a.end a.close tick a.finish tick a.over
        POST immediate datalate pipe: listen data a.end listen data a.close b.end b.close tick a.finish tick \
        a.over tick b.finish tick b.over
        POST later none keep: tick a.finish tick a.over a.end a.close
        POST later none keep cut: tick a.finish tick a.over a.end a.close
        POST later none close: tick a.finish tick a.over a.end a.close
        POST later none pipe: tick a.finish tick a.over a.end a.close tick b.finish tick b.over b.end b.close
        POST later data keep: data a.end a.close tick a.finish tick a.over
        POST later data keep cut: data a.end a.close tick a.finish tick a.over
        POST later data close: data a.end a.close tick a.finish tick a.over
        POST later data close cut: data a.end a.close tick a.finish tick a.over
        POST later data pipe: data a.end data a.close b.end b.close tick a.finish tick a.over tick b.finish \
        tick b.over
        POST later resume keep: a.end a.close tick a.finish tick a.over
        POST later resume keep cut: a.end a.close tick a.finish tick a.over
        POST later resume close: a.end a.close tick a.finish tick a.over
        POST later resume close cut: a.end a.close tick a.finish tick a.over
        POST later resume pipe: a.end a.close b.end b.close tick a.finish tick a.over tick b.finish tick b.over
        POST later datalate keep: listen data a.end a.close tick a.finish tick a.over
        POST later datalate keep cut: listen data a.end a.close tick a.finish tick a.over
        POST later datalate close: listen data a.end a.close tick a.finish tick a.over
        POST later datalate close cut: listen data a.end a.close tick a.finish tick a.over
        POST later datalate pipe: listen data a.end listen data a.close b.end b.close tick a.finish tick a.over \
        tick b.finish tick b.over
        POST onend data keep: data a.end a.finish tick a.over a.close
        POST onend data keep cut: data a.end a.finish tick a.over a.close
        POST onend data close: data a.end a.finish tick a.over a.close
        POST onend data close cut: data a.end a.finish tick a.over a.close
        POST onend data pipe: data a.end data a.finish tick a.over a.close b.end b.finish tick b.over b.close
        POST onend resume keep: a.end a.finish tick a.over a.close
        POST onend resume keep cut: a.end a.finish tick a.over a.close
        POST onend resume close: a.end a.finish tick a.over a.close
        POST onend resume close cut: a.end a.finish tick a.over a.close
        POST onend resume pipe: a.end a.finish tick a.over a.close b.end b.finish tick b.over b.close
        POST onend datalate keep: listen data a.end a.finish tick a.over a.close
        POST onend datalate keep cut: listen data a.end a.finish tick a.over a.close
        POST onend datalate close: listen data a.end a.finish tick a.over a.close
        POST onend datalate close cut: listen data a.end a.finish tick a.over a.close
        POST onend datalate pipe: listen data a.end listen a.finish tick data a.over a.close b.end b.finish \
        tick b.over b.close
        """
}
