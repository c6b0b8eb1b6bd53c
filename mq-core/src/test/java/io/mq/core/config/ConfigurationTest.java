package io.mq.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.message.TopicConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationTest {

    private static Configuration read(Map<String, String> values) {
        return Configuration.read(values.keySet(), key -> Optional.ofNullable(values.get(key)));
    }

    private static StartupException refusal(Map<String, String> values) {
        StartupException refusal = catchThrowableOfType(StartupException.class, () -> read(values));
        assertThat(refusal.failure()).isEqualTo(StartupFailure.BAD_CONFIGURATION);
        return refusal;
    }

    private static Stream<Setting<?>> settings() {
        return Settings.all().stream();
    }

    /** Every setting but paths, of which any text is one. */
    private static Stream<Setting<?>> settingsWithBadValues() {
        return settings().filter(setting -> !setting.type().equals("path"));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void defaultOfEverySettingIsAValueOfIt(Setting<?> setting) {
        Configuration configuration = read(Map.of());
        assertThat(configuration.get(setting)).isEqualTo(setting.parse(setting.defaultText()));
        assertThat(configuration.isGiven(setting)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingSaysWhatItIs(Setting<?> setting) {
        assertThat(setting.key()).matches("mq(\\.[a-z]+(-[a-z]+)*)+");
        assertThat(setting.type()).isNotBlank();
        assertThat(setting.bounds()).isNotBlank();
        assertThat(setting.meaning()).endsWith(".");
    }

    @ParameterizedTest
    @MethodSource("settingsWithBadValues")
    void badValueIsRefusedWithKeyValueTypeAndBounds(Setting<?> setting) {
        assertThat(refusal(Map.of(setting.key(), "no such thing")))
                .hasMessageContainingAll(
                        setting.key() + "=no such thing", "expected: " + setting.type(), setting.bounds());
    }

    @ParameterizedTest
    @MethodSource("settingsWithBadValues")
    void emptyValueIsRefusedUnlessItIsTheDefault(Setting<?> setting) {
        if (setting.defaultText().isEmpty()) {
            return;
        }
        assertThat(refusal(Map.of(setting.key(), " "))).hasMessageContaining(setting.key());
    }

    /** Every numeric bound that is shown to people is the one that is enforced. */
    @ParameterizedTest
    @MethodSource("settings")
    void shownBoundsAreTheEnforcedOnes(Setting<?> setting) {
        if (!Set.of("number", "bytes", "duration").contains(setting.type())) {
            return;
        }
        String[] bounds = setting.bounds().split(" to ");
        assertThat(bounds).as("bounds of %s", setting.key()).hasSize(2);
        assertThat(read(Map.of(setting.key(), bounds[0])).isGiven(setting)).isTrue();
        assertThat(read(Map.of(setting.key(), bounds[1])).isGiven(setting)).isTrue();
        assertThat(refusal(Map.of(setting.key(), oneMore(bounds[1])))).hasMessageContaining(setting.key());
    }

    private static String oneMore(String bound) {
        String digits = bound.replaceAll("\\D", "");
        return Long.parseLong(digits) + 1 + bound.substring(digits.length());
    }

    @Test
    void replicationFactorIsOneThatOneMoreNodeWouldNotMakeSafer() {
        assertThat(read(Map.of("mq.cluster.replication-factor", "5")).get(Settings.CLUSTER_REPLICATION_FACTOR))
                .isEqualTo(5);
        assertThat(refusal(Map.of("mq.cluster.replication-factor", "4")))
                .hasMessageContainingAll("mq.cluster.replication-factor=4", "1, 3 or 5");
    }

    @Test
    void unknownKeyIsRefusedByItsName() {
        assertThat(refusal(Map.of("mq.journal.fileBytes", "1")))
                .hasMessageContaining("unknown key mq.journal.fileBytes");
    }

    @Test
    void keysOfOthersAreIgnored() {
        assertThat(read(Map.of("java.home", "x", "payara.x", "y")).isGiven(Settings.DATA_DIR))
                .isFalse();
    }

    @Test
    void everyMistakeIsNamedAtOnce() {
        assertThat(refusal(Map.of("mq.x", "1", "mq.limits.topics-max", "0", "mq.addr", "here")))
                .hasMessageContainingAll("unknown key mq.x", "mq.limits.topics-max=0", "mq.addr=here");
    }

    @Test
    void refusalNamesTheNextStep() {
        assertThat(refusal(Map.of("mq.x", "1"))).hasMessageContaining("see docs/reference/configuration.md");
    }

    @Test
    void spacesAroundAValueAreIgnored() {
        assertThat(read(Map.of("mq.limits.topics-max", " 17 ")).get(Settings.TOPICS_MAX))
                .isEqualTo(17);
    }

    @Test
    void givenValueIsUsedAndKnownToBeGiven() {
        Configuration configuration = read(Map.of("mq.topic.retention", "7d"));
        assertThat(configuration.get(Settings.RETENTION)).isEqualTo(Duration.ofDays(7));
        assertThat(configuration.isGiven(Settings.RETENTION)).isTrue();
    }

    @Test
    void foreverIsTheTopicsForever() {
        assertThat(read(Map.of()).get(Settings.RETENTION)).isEqualTo(TopicConfig.FOREVER);
        assertThat(read(Map.of()).get(Settings.RETENTION_BYTES)).isEqualTo(TopicConfig.UNLIMITED);
    }

    @Test
    void keysAreUnique() {
        Set<String> keys = new HashSet<>();
        assertThat(Settings.all())
                .allSatisfy(setting -> assertThat(keys.add(setting.key())).isTrue());
    }

    @Test
    void everyStartupFailureHasAnExitStatusOfItsOwn() {
        assertThat(StartupFailure.values())
                .extracting(StartupFailure::exitStatus)
                .doesNotHaveDuplicates();
        assertThat(StartupFailure.values())
                .extracting(StartupFailure::exitStatus)
                .allMatch(s -> s > 0 && s < 64);
    }
}
