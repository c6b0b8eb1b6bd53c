package io.mq.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.Command;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.state.StateDelta.ChangedLog;
import io.mq.core.state.StateFixture.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The same commands give the same answers, an equal state and byte-identical segments, however they are applied. */
class DeterminismTest {

    private static final int SEEDS = 40;
    private static final int COMMANDS = 300;
    private static final List<Survival> SURVIVALS = List.of(Survival.values());

    private record Outcome(List<String> answers, Content content) {}

    private interface Flushing {
        boolean isDueAfter(int command);
    }

    private static Outcome run(long seed, Flushing flushing) throws IOException {
        StateFixture fixture = StateFixture.create();
        List<String> answers = new ArrayList<>();
        List<Command<?>> commands = CommandMix.of(seed, COMMANDS);
        for (int i = 0; i < COMMANDS; i++) {
            answers.add(fixture.answer(commands.get(i)));
            if (flushing.isDueAfter(i)) {
                assertThat(fixture.state().flush()).isTrue();
            }
        }
        fixture.state().flush();
        return new Outcome(answers, fixture.content());
    }

    private static void assertSame(Outcome found, Outcome expected) {
        for (int i = 0; i < COMMANDS; i++) {
            assertThat(found.answers.get(i)).as("answer to command %d", i + 1).isEqualTo(expected.answers.get(i));
        }
        assertSame(found.content, expected.content);
    }

    private static void assertSame(Content found, Content expected) {
        assertThat(found.topics()).isEqualTo(expected.topics());
        assertThat(found.offsets()).isEqualTo(expected.offsets());
        assertThat(found.logs()).isEqualTo(expected.logs());
        assertThat(found.producers()).isEqualTo(expected.producers());
        Set<String> files = found.segmentsOfTopics();
        assertThat(files).as("segments").isEqualTo(expected.segmentsOfTopics());
        for (String file : files) {
            assertThat(found.segments().get(file).equals(expected.segments().get(file)))
                    .as("whether %s has the same bytes", file)
                    .isTrue();
        }
    }

    @Test
    void sameCommandsGiveTheSameBytes() {
        AtomicInteger segments = new AtomicInteger();
        Seeds.forEach(SEEDS, random -> {
            long seed = random.nextLong();
            Outcome first = run(seed, i -> true);
            assertSame(run(seed, i -> true), first);
            segments.addAndGet(first.content.segmentsOfTopics().size());
        });
        if (Seeds.areMany()) {
            assertThat(segments).as("segments compared").hasValueGreaterThan(SEEDS);
        }
    }

    @Test
    void groupingOfFlushesChangesNothing() {
        Seeds.forEach(SEEDS, random -> {
            long seed = random.nextLong();
            Outcome each = run(seed, i -> true);
            assertSame(run(seed, i -> random.nextInt(10) == 0), each);
            assertSame(run(seed, i -> i % 50 == 0), each);
        });
    }

    @Test
    void commandsReadFromTheJournalGiveTheSameBytes() {
        Seeds.forEach(SEEDS, random -> {
            long seed = random.nextLong();
            StateFixture replayed = StateFixture.create();
            List<String> answers = new ArrayList<>();
            for (Command<?> command : CommandMix.of(seed, COMMANDS)) {
                answers.add(replayed.answer(StateFixture.journaled(command)));
            }
            replayed.state().flush();
            assertSame(new Outcome(answers, replayed.content()), run(seed, i -> true));
        });
    }

    private static void checkpoint(StateFixture fixture, InMemoryCheckpointStore store) throws IOException {
        fixture.state().flush();
        StateDelta delta = fixture.state().takeDelta(fixture.position()).orElseThrow();
        for (ChangedLog changed : delta.logs().values()) {
            changed.log().force();
        }
        store.save(delta);
    }

    @Test
    void checkpointAndReplayGiveTheSameBytesWhereverTheyComeAndWhateverSurvives() {
        AtomicInteger restarts = new AtomicInteger();
        Seeds.forEach(SEEDS, random -> {
            long seed = random.nextLong();
            Content expected = run(seed, i -> true).content();
            StateFixture fixture = StateFixture.create();
            InMemoryCheckpointStore store = new InMemoryCheckpointStore();
            int checkpointed = 0;
            List<Command<?>> commands = CommandMix.of(seed, COMMANDS);
            for (int i = 0; i < COMMANDS; i++) {
                fixture.answer(commands.get(i));
                int dice = random.nextInt(40);
                if (dice < 20) {
                    fixture.state().flush();
                } else if (dice == 20) {
                    checkpoint(fixture, store);
                    checkpointed = i + 1;
                } else if (dice == 21) {
                    restarts.incrementAndGet();
                    fixture = restart(fixture, store, random);
                    List<Command<?>> again = CommandMix.of(seed, COMMANDS);
                    for (Command<?> command : again.subList(checkpointed, i + 1)) {
                        fixture.answer(StateFixture.journaled(command));
                    }
                }
            }
            fixture.state().flush();
            fixture.state().completeRecovery();
            assertSame(fixture.content(), expected);
        });
        if (Seeds.areMany()) {
            assertThat(restarts).as("restarts").hasValueGreaterThan(SEEDS);
        }
    }

    private static StateFixture restart(StateFixture fixture, InMemoryCheckpointStore store, Random random)
            throws IOException {
        Survival survival = SURVIVALS.get(random.nextInt(SURVIVALS.size()));
        SimulatedDisk found = fixture.disk().afterPowerCut(survival, random);
        return StateFixture.restore(found, store.load());
    }
}
