package io.mq.bench.peers.broker;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a run must not leave behind: processes, and directories with gigabytes in them. They go in the reverse order of
 * their coming, at the end of a turn or, through a shutdown hook, when the run is interrupted.
 */
public final class Leftovers implements Closeable {

    private final Deque<Closeable> open = new ArrayDeque<>();
    private boolean isOver;

    /** Makes something that has to be closed. */
    @FunctionalInterface
    public interface Maker<T extends Closeable> {
        T make() throws IOException;
    }

    /** What will be closed when the virtual machine ends, also by Ctrl-C. */
    public static Leftovers untilExit() {
        Leftovers leftovers = new Leftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(leftovers::closeQuietly, "leftovers"));
        return leftovers;
    }

    /**
     * Makes something and keeps it until {@link #release}. Nothing can come between the two: an interrupted run would
     * otherwise miss a process that starts at that moment.
     *
     * @throws IOException where the run is over
     */
    public synchronized <T extends Closeable> T own(Maker<T> maker) throws IOException {
        if (isOver) {
            throw new IOException("the run was interrupted");
        }
        T made = maker.make();
        open.push(made);
        return made;
    }

    /** Closes all there is. More may come. */
    public synchronized void release() throws IOException {
        IOException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    public synchronized boolean isOver() {
        return isOver;
    }

    /** Closes all there is, for good. */
    @Override
    public synchronized void close() throws IOException {
        isOver = true;
        release();
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("mq bench: something is left behind: " + e.getMessage());
        }
    }
}
