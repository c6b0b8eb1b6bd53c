package io.mq.core.message;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.util.Map;

/** The rule for every name that a client chooses: topics, consumer groups, consumer ids. */
public final class Names {

    /** What a file system lets a directory entry have, less room for what the storage adds. */
    public static final int CHARS_MAX = 249;

    /** A topic's dead letters go to the topic of this name behind its own. */
    public static final String DEAD_LETTER_SUFFIX = ".dlq";

    private Names() {}

    /**
     * Returns {@code name} if it is valid.
     *
     * @param field the request's field, for the error's text
     * @param charsMax the configured bound, 1 to {@link #CHARS_MAX}
     * @throws BrokerException {@link Reason#INVALID_NAME}
     */
    public static String requireValid(String field, String name, int charsMax) {
        if (isValid(name, charsMax)) {
            return name;
        }
        String shown = name.length() <= 60 ? name : name.substring(0, 60) + "…";
        throw BrokerException.of(
                Reason.INVALID_NAME,
                "%s '%s' is not a valid name: use 1 to %d characters of A-Z a-z 0-9 . _ - (and not just '.' or '..')"
                        .formatted(field, shown, charsMax),
                Map.of("field", field));
    }

    private static boolean isValid(String name, int charsMax) {
        if (name.isEmpty() || name.length() > charsMax || name.equals(".") || name.equals("..")) {
            return false;
        }
        return name.chars().allMatch(Names::isAllowed);
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
