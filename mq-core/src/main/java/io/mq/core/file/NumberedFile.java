package io.mq.core.file;

import java.nio.file.Path;

/** Names of files that are told apart by a number, and sort as their numbers do. */
public final class NumberedFile {

    /** As many as the largest number has. */
    private static final int DIGITS = 20;

    private NumberedFile() {}

    /**
     * Without a formatter: a start names every segment there is, and a formatter would be most of what that costs.
     *
     * @param number not negative
     * @param suffix from its point on
     */
    public static String name(long number, String suffix) {
        String digits = Long.toString(number);
        return "0".repeat(DIGITS - digits.length()) + digits + suffix;
    }

    /** The number in a file's name. */
    public static long numberOf(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    public static boolean hasSuffix(Path file, String suffix) {
        return file.getFileName().toString().endsWith(suffix);
    }
}
