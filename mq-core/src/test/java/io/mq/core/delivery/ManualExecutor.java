package io.mq.core.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Runs nothing until it is told to, so that a test chooses every interleaving. */
final class ManualExecutor implements Executor {

    private final List<Runnable> tasks = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Runs the task that came first. */
    void runOne() {
        tasks.remove(0).run();
    }

    /** Runs any of the tasks that wait. */
    void runAny(RandomGenerator random) {
        tasks.remove(random.nextInt(tasks.size())).run();
    }

    /** Runs all tasks and those that they lead to. */
    void runAll() {
        while (!isIdle()) {
            runOne();
        }
    }
}
