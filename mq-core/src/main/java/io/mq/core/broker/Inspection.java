package io.mq.core.broker;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.file.NioDisk;
import io.mq.core.journal.JournalInspection;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.LogInspection;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Reads everything in a data directory, whether or not a node would start in it, and says what is damaged. Changes
 * nothing.
 */
public final class Inspection {

    private static final int SOUND = 0;

    private final Disk disk;
    private final Path root;
    private final PrintStream out;

    private int damages;
    private long segments;
    private long segmentBytes;

    private Inspection(Disk disk, Path root, PrintStream out) {
        this.disk = disk;
        this.root = root;
        this.out = out;
    }

    /**
     * For a launcher that sees this class through a class loader of its own.
     *
     * @return the exit status: 0 where all is sound, else the one that a start would have
     */
    public static int run(String dataDirectory, PrintStream out, PrintStream errors) throws IOException {
        Inspection inspection = new Inspection(new NioDisk(), Path.of(dataDirectory), out);
        try {
            return inspection.run();
        } catch (StartupException e) {
            errors.println("mq: " + e.getMessage());
            return e.failure().exitStatus();
        }
    }

    private int run() throws IOException {
        out.printf("Data directory %s of %s%n%nJournal%n", root, DataDirectory.nodeId(disk, root));
        for (JournalInspection.Report file :
                JournalInspection.inspect(disk, new ShardDirectory(disk, root, 0).journal())) {
            out.printf(
                    "  %s  %s  %,d bytes in %,d blocks%n",
                    file.file().getFileName(),
                    file.blocks() == 0 ? "empty" : "index %d to %d".formatted(file.firstIndex(), file.nextIndex() - 1),
                    file.bytes(),
                    file.blocks());
            damaged(file.damage(), "    DAMAGED ");
        }
        out.printf("%nLogs%n");
        for (ShardDirectory shard : DataDirectory.shards(disk, root)) {
            inspectLogs(shard);
        }
        out.printf(
                "%n%,d segments, %,d bytes, %s%n",
                segments, segmentBytes, damages == 0 ? "all sound" : damages + " DAMAGED");
        return damages == 0 ? SOUND : StartupFailure.CORRUPT_DATA.exitStatus();
    }

    private void inspectLogs(ShardDirectory shard) throws IOException {
        for (Path topic : shard.topicDirectories()) {
            for (Path partition : disk.list(topic)) {
                inspectLog(topic, partition);
            }
        }
    }

    private void inspectLog(Path topic, Path partition) throws IOException {
        List<LogInspection.Report> reports = LogInspection.inspect(disk, partition);
        long bytes = reports.stream().mapToLong(LogInspection.Report::bytes).sum();
        segments += reports.size();
        segmentBytes += bytes;
        out.printf(
                "  %s/%s  %,d segments, %,d bytes%n",
                topic.getFileName(), partition.getFileName(), reports.size(), bytes);
        for (Iterator<LogInspection.Report> each = reports.iterator(); each.hasNext(); ) {
            LogInspection.Report report = each.next();
            if (each.hasNext()) {
                damaged(report.damage(), "    DAMAGED " + report.file().getFileName());
            } else {
                report.damage()
                        .ifPresent(damage -> out.printf(
                                "    tail %s%s%n      no damage if the journal has it: a start cuts the log back to the checkpoint and replays%n",
                                report.file().getFileName(), damage));
            }
        }
    }

    private void damaged(Optional<String> damage, String what) {
        damage.ifPresent(text -> {
            damages++;
            out.println(what + text);
        });
    }
}
