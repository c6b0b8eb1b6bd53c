package io.mq.system.cluster;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who leads and who is the coordinator, as the nodes have logged it. */
final class RolesInLogs {

    /** A replica's name is its node's, a dot and a number. The first shard is the catalog's. */
    private static final Pattern LEADS = Pattern.compile("Shard 0, term (\\d+): (\\S+)\\.[^.\\s]+ leads");

    /** The first of a view is the coordinator. */
    private static final Pattern VIEW =
            Pattern.compile("Nodes that are there: (?:MergeView::)?\\[[^|\\s]+\\|(\\d+)] \\(\\d+\\) \\[([^],\\s]+)");

    private RolesInLogs() {}

    /** The id of the node that leads the first shard in the latest term that any log tells of. */
    static Optional<String> leader(Stream<String> logs) {
        return latest(LEADS, logs);
    }

    /** The id of the node that is the first in the latest view that any log tells of. */
    static Optional<String> coordinator(Stream<String> logs) {
        return latest(VIEW, logs);
    }

    /** @param pattern of a number that grows, and a node's id */
    private static Optional<String> latest(Pattern pattern, Stream<String> logs) {
        return logs.flatMap(log -> pattern.matcher(log).results())
                .max(Comparator.comparingLong(RolesInLogs::number))
                .map(found -> found.group(2));
    }

    private static long number(MatchResult found) {
        return Long.parseLong(found.group(1));
    }
}
