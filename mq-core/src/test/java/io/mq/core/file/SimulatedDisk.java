package io.mq.core.file;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that knows what has been forced. {@link #afterPowerCut} makes the disk that a machine would find
 * after losing power now: forced bytes and names are there, of the rest whatever the chosen {@link Survival} says. A
 * hook sees every changing operation before it happens and may make it fail.
 *
 * <p>Thread-safe by one lock.
 */
public final class SimulatedDisk implements Disk {

    /** A kind of changing operation. */
    public enum Operation {
        CREATE,
        WRITE,
        FORCE,
        TRUNCATE,
        RENAME,
        DELETE,
        FORCE_DIRECTORY
    }

    /** Called before an operation takes place; what it throws is what the operation throws. */
    public interface Hook {
        void before(Operation operation, Path path) throws IOException;
    }

    /** What a power cut leaves of what was not forced. */
    public enum Survival {
        /** Nothing. */
        NOTHING,
        /** Everything, as if it had been forced. */
        EVERYTHING,
        /** Some of the writes, some of them torn, and the first few changes of names in each directory. */
        SOME
    }

    /** A change of content that is not forced. Null bytes mean a truncation to the position. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Pending(long position, byte[] bytes) {}

    private static final class Inode {
        private byte[] content = new byte[0];
        private byte[] durable = new byte[0];
        private final List<Pending> pending = new ArrayList<>();

        static Inode forced(byte[] content) {
            Inode inode = new Inode();
            inode.content = content;
            inode.durable = content.clone();
            return inode;
        }
    }

    /** One change of a directory: a null inode for a removed name. */
    private record NameChange(Path name, Inode inode) {}

    private final Map<Path, Inode> names = new TreeMap<>();
    private final Map<Path, Inode> durableNames = new TreeMap<>();
    private final Map<Path, List<NameChange>> pendingNames = new HashMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locks = new HashSet<>();

    private Hook hook = (operation, path) -> {};
    private long capacity = Long.MAX_VALUE;
    private RandomGenerator shortWrites;

    /** From now on, this sees every operation. */
    public synchronized void setHook(Hook newHook) {
        hook = newHook;
    }

    /** From now on, files may hold so many bytes in all. */
    public synchronized void setCapacity(long bytes) {
        capacity = bytes;
    }

    /** From now on, a write may write less than it was given. */
    public synchronized void writeShort(RandomGenerator random) {
        shortWrites = random;
    }

    /** The disk as it would be found if the power failed now. This one stays as it is. */
    public synchronized SimulatedDisk afterPowerCut(Survival survival, RandomGenerator random) {
        Map<Path, Inode> survivors = new TreeMap<>(survival == Survival.EVERYTHING ? names : durableNames);
        if (survival == Survival.SOME) {
            pendingNames.forEach((directory, changes) ->
                    changes.subList(0, random.nextInt(changes.size() + 1)).forEach(change -> apply(survivors, change)));
        }
        SimulatedDisk after = new SimulatedDisk();
        after.directories.addAll(directories);
        survivors.forEach(
                (name, inode) -> after.names.put(name, Inode.forced(survivingContent(inode, survival, random))));
        after.durableNames.putAll(after.names);
        // A file whose deletion was not durable has kept its directory, too.
        survivors.keySet().forEach(file -> after.createDirectories(file.getParent()));
        return after;
    }

    private static byte[] survivingContent(Inode inode, Survival survival, RandomGenerator random) {
        if (survival == Survival.EVERYTHING) {
            return inode.content.clone();
        }
        byte[] content = inode.durable.clone();
        if (survival == Survival.SOME) {
            for (Pending change : inode.pending) {
                content = surviving(content, change, random);
            }
        }
        return content;
    }

    private static byte[] surviving(byte[] content, Pending change, RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            return content;
        }
        if (change.bytes == null) {
            return Arrays.copyOf(content, (int) Math.min(content.length, change.position));
        }
        int length = change.bytes.length;
        boolean isTorn = length > 0 && random.nextInt(3) == 0;
        int from = isTorn && random.nextBoolean() ? random.nextInt(length) : 0;
        int to = isTorn ? from + random.nextInt(length - from) : length;
        return written(content, change.position + from, change.bytes, from, to - from);
    }

    private static byte[] written(byte[] content, long position, byte[] bytes, int from, int length) {
        byte[] result = Arrays.copyOf(content, (int) Math.max(content.length, position + length));
        System.arraycopy(bytes, from, result, (int) position, length);
        return result;
    }

    private static void apply(Map<Path, Inode> target, NameChange change) {
        if (change.inode == null) {
            target.remove(change.name);
        } else {
            target.put(change.name, change.inode);
        }
    }

    /** The bytes of a file as readers see them. */
    public synchronized byte[] content(Path file) {
        return names.get(file).content.clone();
    }

    /** Replaces a file's bytes, forced, as a decaying medium would. */
    public synchronized void setContent(Path file, byte[] content) {
        Inode inode = names.get(file);
        inode.content = content.clone();
        inode.durable = content.clone();
        inode.pending.clear();
    }

    /** Turns one bit of a file over. */
    public synchronized void flipBit(Path file, long bit) {
        byte[] content = content(file);
        content[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
        setContent(file, content);
    }

    /** All files, sorted. */
    public synchronized List<Path> files() {
        return List.copyOf(names.keySet());
    }

    /** What would be left of a file if nothing unforced survived; empty where its name would not. */
    public synchronized Optional<byte[]> durableContent(Path file) {
        return Optional.ofNullable(durableNames.get(file)).map(inode -> inode.durable.clone());
    }

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new SimulatedFile(file, inode);
    }

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        hook.before(Operation.CREATE, file);
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        if (!directories.contains(file.getParent())) {
            throw new FileNotFoundException(file.getParent().toString());
        }
        Inode inode = new Inode();
        change(new NameChange(file, inode));
        return new SimulatedFile(file, inode);
    }

    private void change(NameChange change) {
        change(change, change.name.getParent());
    }

    /** @param directory whose force makes the change durable */
    private void change(NameChange change, Path directory) {
        apply(names, change);
        pendingNames.computeIfAbsent(directory, d -> new ArrayList<>()).add(change);
    }

    @Override
    public synchronized boolean exists(Path path) {
        return names.containsKey(path) || directories.contains(path);
    }

    @Override
    public synchronized long size(Path file) throws IOException {
        try (DiskFile opened = open(file)) {
            return opened.size();
        }
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        Set<Path> all = new HashSet<>(names.keySet());
        all.addAll(directories);
        return all.stream()
                .filter(path -> directory.equals(path.getParent()))
                .sorted()
                .toList();
    }

    /** Directories are durable at once; their loss is simulated by the loss of what is in them. */
    @Override
    public synchronized void createDirectories(Path directory) {
        for (Path each = directory; each != null; each = each.getParent()) {
            directories.add(each);
        }
    }

    @Override
    public synchronized void rename(Path source, Path target) throws IOException {
        hook.before(Operation.RENAME, target);
        Inode inode = names.get(source);
        if (inode == null) {
            throw new NoSuchFileException(source.toString());
        }
        change(new NameChange(target, inode));
        // A file that changes its directory is never in neither.
        change(new NameChange(source, null), target.getParent());
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        if (directories.remove(path) || !names.containsKey(path)) {
            return;
        }
        hook.before(Operation.DELETE, path);
        change(new NameChange(path, null));
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        hook.before(Operation.FORCE_DIRECTORY, directory);
        List<NameChange> changes = pendingNames.remove(directory);
        if (changes != null) {
            changes.forEach(change -> apply(durableNames, change));
        }
    }

    @Override
    public synchronized Optional<Closeable> tryLock(Path file) {
        return locks.add(file) ? Optional.of(() -> unlock(file)) : Optional.empty();
    }

    private synchronized void unlock(Path file) {
        locks.remove(file);
    }

    @Override
    public synchronized long usableBytes(Path directory) {
        long used =
                names.values().stream().mapToLong(inode -> inode.content.length).sum();
        return Math.max(0, capacity - used);
    }

    private final class SimulatedFile implements DiskFile {

        private final Path path;
        private final Inode inode;

        SimulatedFile(Path path, Inode inode) {
            this.path = path;
            this.inode = inode;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            synchronized (SimulatedDisk.this) {
                if (position >= inode.content.length) {
                    return -1;
                }
                int length = (int) Math.min(target.remaining(), inode.content.length - position);
                target.put(inode.content, (int) position, length);
                return length;
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                hook.before(Operation.WRITE, path);
                int length = source.remaining();
                if (shortWrites != null && length > 1) {
                    length = shortWrites.nextInt(1, length + 1);
                }
                long growth = position + length - inode.content.length;
                if (growth > usableBytes(path) && growth > 0) {
                    throw new DiskFullException(path, new IOException("No space left on device"));
                }
                byte[] bytes = new byte[length];
                source.get(bytes);
                inode.content = written(inode.content, position, bytes, 0, length);
                inode.pending.add(new Pending(position, bytes));
                return length;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                hook.before(Operation.FORCE, path);
                inode.durable = inode.content.clone();
                inode.pending.clear();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                hook.before(Operation.TRUNCATE, path);
                if (size < inode.content.length) {
                    inode.content = Arrays.copyOf(inode.content, (int) size);
                    inode.pending.add(new Pending(size, null));
                }
            }
        }

        @Override
        public long size() {
            synchronized (SimulatedDisk.this) {
                return inode.content.length;
            }
        }

        @Override
        public void close() {}
    }
}
