package io.mq.ejb.cluster;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * Links between replicas of one process that carry nothing, or not everything, or not at once. What a node sends over a cut
 * link is refused before the receiver has looked at it; answers belong to the request's link.
 */
final class CutLinks {

    private static final Map<Link, Trouble> TROUBLES = new ConcurrentHashMap<>();

    /** By the node whose answers to a leader are lost, after it has done what it was told. */
    private static final Map<String, Trouble> ANSWERS = new ConcurrentHashMap<>();

    private record Link(String from, String to) {}

    /** What befalls a message; the receiver's thread waits where it is late. */
    private interface Trouble {
        void befall(String from, String to, Object[] message);
    }

    static {
        CodeInjectionForTesting.put("RaftServerImpl.appendEntries", CutLinks::carry);
        CodeInjectionForTesting.put("RaftServerImpl.requestVote", CutLinks::carry);
        CodeInjectionForTesting.put("RaftServerImpl.appendEntries.logComplete", CutLinks::answer);
    }

    private CutLinks() {}

    static void cut(String from, String to) {
        TROUBLES.put(new Link(from, to), CutLinks::lose);
    }

    /** Loses one message in three, and delays the others. */
    static void roughen(String from, String to, int delayMillisMax, Random random) {
        TROUBLES.put(new Link(from, to), rough(delayMillisMax, random));
    }

    /** Has what a node answers to leaders get lost, or arrive late. */
    static void roughenAnswers(String from, int delayMillisMax, Random random) {
        ANSWERS.put(from, rough(delayMillisMax, random));
    }

    /** Has all of a node's answers to leaders arrive late. */
    static void delayAnswers(String from, int millis) {
        ANSWERS.put(from, (sender, receiver, message) -> delay(millis));
    }

    private static Trouble rough(int delayMillisMax, Random random) {
        return (sender, receiver, message) -> {
            if (random.nextInt(3) == 0) {
                lose(sender, receiver, message);
            }
            delay(random.nextInt(delayMillisMax));
        };
    }

    /** Loses those parts of a leader's log that are like this. */
    static void cutEntries(String from, String to, Predicate<AppendEntriesRequestProto> lost) {
        TROUBLES.put(new Link(from, to), (sender, receiver, message) -> {
            if (requestIn(message) instanceof AppendEntriesRequestProto request && lost.test(request)) {
                lose(sender, receiver, message);
            }
        });
    }

    /** A vote that is asked for has none. */
    private static Object requestIn(Object[] message) {
        return message.length < 2 ? null : message[1];
    }

    static void mend(String from, String to) {
        TROUBLES.remove(new Link(from, to));
    }

    /** Mends all links between these nodes. */
    static void mendAll(Collection<String> nodes) {
        TROUBLES.keySet().removeIf(link -> nodes.contains(link.from) && nodes.contains(link.to));
        ANSWERS.keySet().removeIf(nodes::contains);
    }

    private static boolean carry(Object receiver, Object sender, Object... message) {
        String from = String.valueOf(sender);
        String to = String.valueOf(receiver);
        Trouble trouble = TROUBLES.get(new Link(from, to));
        if (trouble != null) {
            trouble.befall(from, to, message);
        }
        return true;
    }

    private static boolean answer(Object answering, Object unknown, Object... message) {
        String from = String.valueOf(answering);
        Trouble trouble = ANSWERS.get(from);
        if (trouble != null) {
            trouble.befall(from, "its leader", message);
        }
        return true;
    }

    private static void lose(String from, String to, Object[] message) {
        throw new UncheckedIOException(new ConnectException(from + " does not reach " + to));
    }

    private static void delay(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
