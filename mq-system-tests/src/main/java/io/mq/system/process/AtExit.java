package io.mq.system.process;

/** Something to be done when this process ends, also by Ctrl-C, unless it is done before. */
public final class AtExit implements AutoCloseable {

    private final Thread hook;

    private AtExit(Thread hook) {
        this.hook = hook;
    }

    /** @param what may run beside the thread that is at work with it */
    public static AtExit run(String name, Runnable what) {
        Thread hook = new Thread(what, name);
        Runtime.getRuntime().addShutdownHook(hook);
        return new AtExit(hook);
    }

    /** Forgets it. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The end has come, and it is being done.
        }
    }
}
