package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Remembers what is applied to it. Its commands are deletions of groups, since those are nothing but a text of any
 * length: one that begins with "refuse" is refused, one that begins with "break" breaks the machine.
 */
public final class RecordingStateMachine implements StateMachine {

    /** Guarded by {@code this}. */
    private final List<String> applied = new ArrayList<>();

    /** Guarded by {@code this}. */
    private final List<Long> indexes = new ArrayList<>();

    private volatile boolean isApplying;

    public static DeleteGroupCommand command(String text) {
        return new DeleteGroupCommand(text);
    }

    public static List<DeleteGroupCommand> commands(int count) {
        return IntStream.range(0, count).mapToObj(i -> command("c" + i)).toList();
    }

    @Override
    @SuppressWarnings("unchecked") // The answer to all its commands is a Boolean.
    public <R> R apply(long index, Command<R> command) {
        isApplying = true;
        String text = ((DeleteGroupCommand) command).group();
        if (text.startsWith("break")) {
            throw new IllegalStateException("broken by " + text);
        }
        synchronized (this) {
            applied.add(text);
            indexes.add(index);
        }
        isApplying = false;
        if (text.startsWith("refuse")) {
            throw BrokerException.of(Reason.GROUP_NOT_FOUND, "refused " + text);
        }
        return (R) Boolean.valueOf(text.endsWith("!"));
    }

    @Override
    public boolean flush() {
        return true;
    }

    /** The texts of what was applied, refusals included, in order. */
    public synchronized List<String> applied() {
        return List.copyOf(applied);
    }

    /** The index of each. */
    public synchronized List<Long> indexes() {
        return List.copyOf(indexes);
    }

    /** The index of the last of them; 0 where there is none. */
    public synchronized long lastIndex() {
        return indexes.isEmpty() ? 0 : indexes.get(indexes.size() - 1);
    }

    public boolean isApplying() {
        return isApplying;
    }
}
