package io.mq.core.storage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Which part of a log is kept. Works on whole segments, so that more than asked may stay, never less. */
public final class Retention {

    private Retention() {}

    /**
     * The offset up to which a log may be given up.
     *
     * @param retention the age that is kept
     * @param retentionBytes the size that is kept
     * @return the present start where nothing may go
     */
    public static long newStart(SegmentLog log, Duration retention, long retentionBytes, Instant now)
            throws IOException {
        long newStart = log.start();
        List<LogPiece> pieces = log.pieces();
        // Not all that is on disk: what was given up before may wait there for a checkpoint.
        long bytes = pieces.stream().mapToLong(LogPiece::bytes).sum();
        for (LogPiece piece : pieces) {
            boolean isSurplus = bytes - piece.bytes() >= retentionBytes;
            boolean isExpired = !isSurplus && isExpired(piece, retention, now);
            if (!isSurplus && !isExpired) {
                break;
            }
            newStart = piece.nextOffset();
            bytes -= piece.bytes();
        }
        return newStart;
    }

    private static boolean isExpired(LogPiece piece, Duration retention, Instant now) throws IOException {
        Duration age = Duration.between(Instant.ofEpochMilli(piece.lastTimeMillis()), now);
        return age.compareTo(retention) > 0;
    }
}
