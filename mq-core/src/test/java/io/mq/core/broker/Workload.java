package io.mq.core.broker;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.journal.Journal;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.ProducerState;
import io.mq.core.state.StateImage;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * A seeded mixture of everything that an engine does, with a model of what must be there afterwards: all that was
 * acknowledged, perhaps some of what was under way, in its order, and nothing else.
 */
final class Workload {

    /** The one producer that numbers what it sends. */
    private static final long PRODUCER = 7;

    private final Random random;

    /** Commands submitted at once at the most: they share rounds of the journal. */
    private static final int BURST_MAX = 8;

    /** What is expected after each command that may have taken effect, oldest first; the first is acknowledged. */
    private final Deque<Model> expected = new ConcurrentLinkedDeque<>(List.of(new Model()));

    /** What is submitted together. */
    private final List<Command<?>> burst = new ArrayList<>();

    private final List<CompletableFuture<?>> underWay = new ArrayList<>();

    private int records;

    Workload(long seed) {
        random = new Random(seed);
    }

    /** The expected state. Immutable once published. */
    private static final class Model {
        private final Map<String, Topic> topics = new TreeMap<>();
        private final Map<PartitionId, List<String>> payloads = new HashMap<>();
        private final Map<PartitionId, Long> starts = new HashMap<>();
        private final Map<String, Map<PartitionId, Long>> committed = new TreeMap<>();
        private final Map<PartitionId, Integer> nextSequences = new HashMap<>();
        private int epoch;

        Model copy() {
            Model copy = new Model();
            copy.topics.putAll(topics);
            payloads.forEach((partition, list) -> copy.payloads.put(partition, new ArrayList<>(list)));
            copy.starts.putAll(starts);
            committed.forEach((group, offsets) -> copy.committed.put(group, new HashMap<>(offsets)));
            copy.nextSequences.putAll(nextSequences);
            copy.epoch = epoch;
            return copy;
        }

        boolean matches(EngineFixture found) {
            return topics.keySet().equals(names(found))
                    && topics.values().stream().allMatch(topic -> matches(found, topic))
                    && committed.equals(committedIn(found))
                    && epoch
                            == found.engine()
                                    .state()
                                    .producers()
                                    .find(PRODUCER)
                                    .map(ProducerState::epoch)
                                    .orElse(0)
                    && topics.values().stream()
                            .allMatch(topic -> nextSequences(topic).equals(sequencesIn(found, topic)));
        }

        private Map<Integer, Integer> nextSequences(Topic topic) {
            Map<Integer, Integer> next = new HashMap<>();
            nextSequences.forEach((partition, sequence) -> {
                if (partition.topicId() == topic.id()) {
                    next.put(partition.partition(), sequence);
                }
            });
            return next;
        }

        private static Map<Integer, Integer> sequencesIn(EngineFixture found, Topic topic) {
            return found.engine().state().producers().nextSequences(PRODUCER, topic.id());
        }

        private static Set<String> names(EngineFixture found) {
            Set<String> names = new TreeSet<>();
            found.engine().state().catalog().topics().forEach(topic -> names.add(topic.name()));
            return names;
        }

        private boolean matches(EngineFixture found, Topic topic) {
            if (!found.topic(topic.name()).equals(Optional.of(topic))) {
                return false;
            }
            for (int i = 0; i < topic.partitions(); i++) {
                PartitionId partition = topic.partition(i);
                List<String> all = payloads.getOrDefault(partition, List.of());
                long start = starts.getOrDefault(partition, 0L);
                SegmentLog log = found.log(partition);
                boolean isEqual = log.start() == start
                        && log.end() == all.size()
                        && EngineFixture.payloads(log).equals(all.subList((int) start, all.size()));
                if (!isEqual) {
                    return false;
                }
            }
            return true;
        }

        private static Map<String, Map<PartitionId, Long>> committedIn(EngineFixture found) {
            Map<String, Map<PartitionId, Long>> committed = new TreeMap<>();
            for (String group : found.engine().state().offsets().groups()) {
                for (GroupOffset offset : found.engine().state().offsets().of(group)) {
                    committed.computeIfAbsent(group, g -> new HashMap<>()).put(offset.partition(), offset.offset());
                }
            }
            return committed;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            topics.values()
                    .forEach(topic -> text.append(topic.name())
                            .append('x')
                            .append(topic.partitions())
                            .append(' '));
            payloads.forEach(
                    (p, list) -> text.append("%s: %d..%d ".formatted(p, starts.getOrDefault(p, 0L), list.size())));
            return text.append(committed).toString();
        }
    }

    /** Runs until so many records are acknowledged. */
    void run(EngineFixture fixture, int recordCount) throws Exception {
        while (records < recordCount) {
            int steps = random.nextInt(4) == 0 ? 1 + random.nextInt(BURST_MAX) : 1;
            for (int i = 0; i < steps; i++) {
                step(fixture);
            }
            settle(fixture);
        }
    }

    private void settle(EngineFixture fixture) throws Exception {
        submitBurst(fixture);
        for (CompletableFuture<?> each : underWay) {
            each.get();
        }
        underWay.clear();
    }

    /** Waits for all that is under way and answers why the failed ones failed, in their order. */
    List<Reason> failures() {
        List<Reason> reasons = new ArrayList<>();
        for (CompletableFuture<?> each : underWay) {
            try {
                each.join();
            } catch (CompletionException e) {
                reasons.add(((BrokerException) e.getCause()).reason());
            }
        }
        underWay.clear();
        return reasons;
    }

    private void step(EngineFixture fixture) throws Exception {
        Model next = expected.getLast().copy();
        int dice = random.nextInt(1000);
        if (next.topics.size() < 2 || (dice < 4 && next.topics.size() < 5)) {
            createTopic(next);
        } else if (dice < 6) {
            deleteTopic(next);
        } else if (dice < 10) {
            alterTopic(next);
        } else if (dice < 16) {
            submitBurst(fixture);
            fixture.engine().checkpoint();
        } else if (dice < 26) {
            advanceStart(fixture, next);
        } else if (dice < 30) {
            String group = "g" + random.nextInt(3);
            next.committed.remove(group);
            submit(next, new DeleteGroupCommand(group));
        } else if (dice < 34) {
            next.epoch++;
            submit(next, new OpenProducerCommand(PRODUCER, anyTopic(next).id(), EngineFixture.NOW));
        } else if (dice < 60) {
            seek(next);
        } else if (dice < 200) {
            commit(next);
        } else {
            append(next);
        }
    }

    private void createTopic(Model next) {
        String name = "t" + random.nextInt(8);
        int partitions = 1 + random.nextInt(3);
        if (next.topics.containsKey(name)) {
            return;
        }
        // The id is the engine's to give; the model learns it from the next expected one.
        int id = topicIds++;
        Topic topic =
                new Topic(id, name, partitions, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW);
        next.topics.put(name, topic);
        submit(
                next,
                new CreateTopicCommand(
                        name, partitions, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW));
    }

    private int topicIds = 1;

    private Topic anyTopic(Model model) {
        List<Topic> topics = List.copyOf(model.topics.values());
        return topics.get(random.nextInt(topics.size()));
    }

    private PartitionId anyPartition(Model model) {
        Topic topic = anyTopic(model);
        return topic.partition(random.nextInt(topic.partitions()));
    }

    private void deleteTopic(Model next) {
        Topic topic = anyTopic(next);
        next.topics.remove(topic.name());
        next.payloads.keySet().removeIf(partition -> partition.topicId() == topic.id());
        next.starts.keySet().removeIf(partition -> partition.topicId() == topic.id());
        next.nextSequences.keySet().removeIf(partition -> partition.topicId() == topic.id());
        next.committed.values().forEach(offsets -> offsets.keySet().removeIf(p -> p.topicId() == topic.id()));
        next.committed.values().removeIf(Map::isEmpty);
        submit(next, new DeleteTopicCommand(topic.id()));
    }

    private void alterTopic(Model next) {
        Topic topic = anyTopic(next);
        Topic altered = topic.with(topic.partitions() + 1, topic.config());
        next.topics.put(topic.name(), altered);
        submit(next, new AlterTopicCommand(topic.id(), altered.partitions(), TopicConfig.DEFAULTS));
    }

    private void advanceStart(EngineFixture fixture, Model next) throws Exception {
        PartitionId partition = anyPartition(next);
        int end = next.payloads.getOrDefault(partition, List.of()).size();
        long start = random.nextInt(end + 1);
        next.starts.merge(partition, start, Math::max);
        submit(next, new AdvanceLogStartCommand(partition, start));
        settle(fixture);
        fixture.log(partition).deleteObsolete();
    }

    private void commit(Model next) {
        PartitionId partition = anyPartition(next);
        String group = "g" + random.nextInt(3);
        long offset =
                random.nextInt(next.payloads.getOrDefault(partition, List.of()).size() + 1);
        next.committed.computeIfAbsent(group, g -> new HashMap<>()).merge(partition, offset, Math::max);
        submit(next, new CommitOffsetCommand(group, partition, offset, "note", EngineFixture.NOW));
    }

    /** In all partitions of a topic at once. */
    private void seek(Model next) {
        Topic topic = anyTopic(next);
        String group = "g" + random.nextInt(3);
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < topic.partitions(); i++) {
            PartitionId partition = topic.partition(i);
            long offset = random.nextInt(
                    next.payloads.getOrDefault(partition, List.of()).size() + 1);
            targets.add(new Target(partition, offset));
            next.committed.computeIfAbsent(group, g -> new HashMap<>()).put(partition, offset);
        }
        submit(next, new SeekCommand(group, EngineFixture.NOW, targets));
    }

    private void append(Model next) {
        PartitionId partition = anyPartition(next);
        int size = random.nextInt(20) == 0 ? random.nextInt(6000) : random.nextInt(200);
        String payload = "record " + records++ + " " + "x".repeat(size);
        next.payloads.computeIfAbsent(partition, p -> new ArrayList<>()).add(payload);
        AppendCommand append = EngineFixture.append(partition, payload);
        if (next.epoch > 0 && random.nextInt(3) == 0) {
            int sequence = next.nextSequences.getOrDefault(partition, 0);
            append.batch().stampProducer(PRODUCER, next.epoch, sequence);
            next.nextSequences.put(partition, sequence + 1);
        }
        submit(next, append);
    }

    private void submit(Model next, Command<?> command) {
        expected.addLast(next);
        burst.add(command);
    }

    /** The journal is held meanwhile: which commands share a round is for the seed to say, not for the threads. */
    private void submitBurst(EngineFixture fixture) {
        Journal journal = fixture.engine().journal();
        CompletableFuture<Void> isComplete = new CompletableFuture<>();
        var unused = journal.observe(position -> isComplete.join());
        for (Command<?> command : burst) {
            underWay.add(journal.submit(command).thenRun(expected::removeFirst));
        }
        burst.clear();
        isComplete.complete(null);
    }

    /** Compares what an engine holds with what was acknowledged. */
    void verify(EngineFixture found, Supplier<String> when) {
        List<Model> possible = List.copyOf(expected);
        if (possible.stream().noneMatch(model -> model.matches(found))) {
            throw new AssertionError("%s: expected one of %s; offsets found %s"
                    .formatted(when.get(), possible, Model.committedIn(found)));
        }
    }

    /** Recovers from what was found and compares it with what was acknowledged. */
    void verify(SimulatedDisk found, StateImage checkpoint, Supplier<String> when) {
        verify(found, new InMemoryCheckpointStore(checkpoint), when);
    }

    void verify(SimulatedDisk found, InMemoryCheckpointStore store, Supplier<String> when) {
        try (EngineFixture recovered = EngineFixture.open(found, store)) {
            verify(recovered, when);
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(when.get() + ": " + e, e);
        }
    }
}
