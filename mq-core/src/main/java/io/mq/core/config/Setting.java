package io.mq.core.config;

import java.util.function.Function;

/**
 * One configuration key: everything that is said about it, in code and in {@code docs/reference/configuration.md}.
 *
 * @param key such as {@code mq.limits.message-bytes-max}
 * @param type what a value looks like, for people
 * @param defaultText the default, as it would be written in a file
 * @param bounds what a value must keep to, for people
 * @param meaning one sentence
 * @param parser makes a value of a text, or throws {@link IllegalArgumentException} saying what is wrong with it
 */
public record Setting<T>(
        String key, String type, String defaultText, String bounds, String meaning, Function<String, T> parser) {

    T parse(String text) {
        return parser.apply(text.strip());
    }
}
