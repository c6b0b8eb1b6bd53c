package io.mq.core.journal;

import static io.mq.core.journal.RecordingStateMachine.command;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.file.NumberedFile;
import io.mq.core.file.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A journal as a killed process leaves it: one block for each command, in files so small that there are several. */
final class JournalTrace {

    static final Path DIRECTORY = Path.of("/journal");

    /** Four of the trace's commands fill a file. */
    private static final JournalConfig CONFIG = new JournalConfig(6 << 10, 1 << 10, 1 << 20, 1 << 10);

    /** Where a block lies; its bytes without the padding. */
    record Place(Path file, int from, int to) {}

    private final SimulatedDisk disk;
    private final List<String> commands;

    private JournalTrace(SimulatedDisk disk, List<String> commands) {
        this.disk = disk;
        this.commands = commands;
    }

    static JournalTrace of(int count) throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        List<String> commands = new ArrayList<>();
        try (FileJournal journal = open(disk, 1, new Random(0))) {
            for (int i = 0; i < count; i++) {
                String text = "command " + i + " " + "x".repeat(350 + 7 * (i % 5));
                journal.submit(command(text)).join();
                commands.add(text);
            }
        }
        return new JournalTrace(disk, commands);
    }

    static FileJournal open(Disk disk, long nextIndex) throws IOException {
        return open(disk, nextIndex, new Random(nextIndex));
    }

    private static FileJournal open(Disk disk, long nextIndex, Random salts) throws IOException {
        return FileJournal.open(
                CONFIG,
                disk,
                DIRECTORY,
                nextIndex,
                new RecordingStateMachine(),
                JournalObserver.NONE,
                Thread::new,
                Runnable::run,
                salts);
    }

    SimulatedDisk disk() {
        return disk;
    }

    List<String> commands() {
        return commands;
    }

    /** What a replay after this index applies. */
    static List<String> replay(Disk disk, long appliedIndex) throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        JournalReplay.run(disk, DIRECTORY, appliedIndex, machine);
        return machine.applied();
    }

    /** The files that hold commands, and the one that is prepared, oldest first. */
    List<Path> files() throws IOException {
        return JournalDirectory.journalFiles(disk, DIRECTORY);
    }

    /** The places of all blocks with commands, oldest first. */
    List<Place> blocks() throws IOException {
        List<Place> places = new ArrayList<>();
        for (Path path : files()) {
            try (DiskFile file = disk.open(path)) {
                long salt = JournalFile.readSalt(file, path, NumberedFile.numberOf(path));
                int at = JournalFile.HEADER_BYTES;
                for (JournalBlock block = JournalBlock.read(file, at, file.size(), salt); block != null; ) {
                    int to = at + block.paddedSize();
                    if (block.kind() == JournalBlock.COMMANDS) {
                        places.add(new Place(path, at, to));
                    }
                    at = to;
                    block = JournalBlock.read(file, at, file.size(), salt);
                }
            }
        }
        return places;
    }
}
