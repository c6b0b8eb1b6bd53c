package io.mq.system.cluster;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who leads, as the nodes have logged it. */
final class LeaderInLogs {

    /** A replica's name is its node's, a dot and a number. */
    private static final Pattern LEADS = Pattern.compile("Term (\\d+): (\\S+)\\.[^.\\s]+ leads");

    private LeaderInLogs() {}

    /** The id of the node that leads in the latest term that any log tells of. */
    static Optional<String> find(Stream<String> logs) {
        return logs.flatMap(log -> LEADS.matcher(log).results())
                .max(Comparator.comparingLong(LeaderInLogs::term))
                .map(found -> found.group(2));
    }

    private static long term(MatchResult found) {
        return Long.parseLong(found.group(1));
    }
}
