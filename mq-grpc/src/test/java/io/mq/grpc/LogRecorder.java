package io.mq.grpc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what anybody logs, mq itself and the libraries that it uses. */
final class LogRecorder extends Handler implements AutoCloseable {

    private final Logger root = Logger.getLogger("");
    private final List<String> texts = new CopyOnWriteArrayList<>();

    private LogRecorder(Level least) {
        setLevel(least);
        root.addHandler(this);
    }

    static LogRecorder ofWarnings() {
        return new LogRecorder(Level.WARNING);
    }

    /** What was logged so far, with who logged it. */
    List<String> texts() {
        return List.copyOf(texts);
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            texts.add("%s: %s %s".formatted(record.getLoggerName(), record.getMessage(), record.getThrown()));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
    }
}
