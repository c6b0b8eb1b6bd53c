package io.mq.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.message.TopicConfig;
import io.mq.web.TopicJson.TopicSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TopicJsonTest {

    private static void assertMeans(TopicSettings json, TopicConfig config) {
        assertThat(TopicSettings.read(json)).isEqualTo(config);
        assertThat(TopicSettings.of(config)).isEqualTo(json);
    }

    private static TopicConfig validating(boolean validates) {
        return new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(validates));
    }

    @Test
    void settingsAreReadAsTheyAreShown() {
        assertMeans(
                new TopicSettings("7d", 1000L, 10, true),
                new TopicConfig(
                        Optional.of(Duration.ofDays(7)), OptionalLong.of(1000), OptionalInt.of(10), Optional.of(true)));
        assertMeans(
                new TopicSettings("forever", 0L, null, null),
                new TopicConfig(
                        Optional.of(TopicConfig.FOREVER),
                        OptionalLong.of(TopicConfig.UNLIMITED),
                        OptionalInt.empty(),
                        Optional.empty()));
    }

    @Test
    void falseIsAnotherAnswerThanNone() {
        assertMeans(new TopicSettings(null, null, null, false), validating(false));
        assertMeans(new TopicSettings(null, null, null, null), TopicConfig.DEFAULTS);
    }

    @Test
    void settingsThatAreMissingAsAWholeSetNothing() {
        assertThat(TopicSettings.read(null)).isEqualTo(TopicConfig.DEFAULTS);
    }
}
