package io.mq.core.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static BrokerException refusalOf(String name) {
        return catchThrowableOfType(
                BrokerException.class, () -> Names.requireValid("topic name", name, Names.CHARS_MAX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A", "0", "_", "-", "...", ".a", "a.", "orders.v2_EU-west", "..a"})
    void letterDigitDotUnderscoreAndHyphenAreAllowed(String name) {
        assertThat(Names.requireValid("topic name", name, Names.CHARS_MAX)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", " ", "a b", "a/b", "a\\b", "a\0", "ä", "a:b", "é", "日本", "a\n", "😀", "a*", "A@"})
    void anythingElseIsRefused(String name) {
        assertThat(refusalOf(name).reason()).isEqualTo(Reason.INVALID_NAME);
    }

    @Test
    void everyAsciiCharacterIsJudgedByTheRule() {
        for (char c = 0; c < 128; c++) {
            boolean isAllowed = String.valueOf(c).matches("[A-Za-z0-9._-]");
            assertThat(refusalOf("x" + c) == null).as("character %d", (int) c).isEqualTo(isAllowed);
        }
    }

    @Test
    void longestNameIsAllowedAndOneCharacterMoreIsNot() {
        assertThat(refusalOf("x".repeat(Names.CHARS_MAX))).isNull();
        assertThat(refusalOf("x".repeat(Names.CHARS_MAX + 1)).reason()).isEqualTo(Reason.INVALID_NAME);
    }

    @Test
    void configuredLengthIsTheBound() {
        assertThat(Names.requireValid("topic name", "12345", 5)).isEqualTo("12345");
        assertThat(catchThrowableOfType(BrokerException.class, () -> Names.requireValid("topic name", "123456", 5)))
                .hasMessageContaining("1 to 5 characters");
    }

    @Test
    void refusalNamesFieldNameAndRule() {
        BrokerException refusal = refusalOf("a b");
        assertThat(refusal).hasMessageContainingAll("topic name", "'a b'", "A-Z a-z 0-9 . _ -");
        assertThat(refusal.metadata()).containsEntry("field", "topic name");
    }

    @Test
    void refusalShowsOnlyTheBeginningOfAVeryLongName() {
        assertThat(refusalOf("x".repeat(1_000_000)).getMessage()).hasSizeLessThan(300);
    }
}
