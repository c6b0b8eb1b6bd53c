package io.mq.client;

import io.grpc.Status;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.Credit;
import io.mq.proto.StartPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The consumers of a fake broker, which guards them. Has one group, whatever its name. */
final class FakeGroups {

    Duration heartbeatInterval = Duration.ofMillis(200);

    /** Says nothing more to anyone. */
    volatile boolean silent;

    private final FakeBroker broker;
    private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "fake-heartbeats");
        thread.setDaemon(true);
        return thread;
    });
    private final List<FakeConsumeStream> readers = new ArrayList<>();
    private final List<FakeConsumeStream> members = new ArrayList<>();
    private final Map<TopicPartition, FakeConsumeStream> owners = new HashMap<>();
    private final Map<TopicPartition, Long> generations = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final List<Credit> credits = new ArrayList<>();
    private int ids;
    private int joins;
    private int damageNext;
    private boolean losesNextCommitAnswer;

    FakeGroups(FakeBroker broker) {
        this.broker = broker;
        var unused = heartbeats.scheduleAtFixedRate(this::heartbeat, 200, 200, TimeUnit.MILLISECONDS);
    }

    FakeBroker broker() {
        return broker;
    }

    private void heartbeat() {
        synchronized (broker) {
            readers.forEach(FakeConsumeStream::heartbeat);
            members.forEach(FakeConsumeStream::heartbeat);
        }
    }

    void join(FakeConsumeStream stream) {
        joins++;
        for (String topic : stream.init.getTopicsList()) {
            if (!broker.hasTopic(topic)) {
                stream.end(FakeErrors.of(Status.NOT_FOUND, "TOPIC_NOT_FOUND"));
                return;
            }
        }
        String id = stream.init.getConsumerId().isEmpty() ? "given-" + ids++ : stream.init.getConsumerId();
        if (!stream.isGroup()) {
            readers.add(stream);
            stream.ready("");
            partitions(stream).forEach(partition -> stream.assign(partition, 0, start(stream, partition)));
            return;
        }
        for (FakeConsumeStream member : List.copyOf(members)) {
            if (member.consumerId.equals(id)) {
                member.end(FakeErrors.of(Status.ABORTED, "MEMBER_FENCED"));
                members.remove(member);
                owners.values().removeIf(owner -> owner == member);
            }
        }
        members.add(stream);
        stream.ready(id);
        rebalance();
    }

    private List<TopicPartition> partitions(FakeConsumeStream stream) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : stream.init.getTopicsList()) {
            for (int partition = 0; partition < broker.partitions(topic); partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
        }
        return partitions;
    }

    private long start(FakeConsumeStream stream, TopicPartition partition) {
        FakeLog log = broker.log(partition.topic(), partition.partition());
        StartPosition start = stream.init.getStart();
        return switch (start.getPositionCase()) {
            case LATEST -> log.end();
            case OFFSET -> Math.min(start.getOffset(), log.end());
            default -> 0;
        };
    }

    private void rebalance() {
        if (members.isEmpty()) {
            return;
        }
        List<TopicPartition> partitions = partitions(members.get(0));
        for (int i = 0; i < partitions.size(); i++) {
            TopicPartition partition = partitions.get(i);
            FakeConsumeStream wanted = members.get(i % members.size());
            FakeConsumeStream owner = owners.get(partition);
            if (owner == null) {
                assign(partition, wanted);
            } else if (owner != wanted && !owner.readings.get(partition).revoked) {
                owner.revoke(partition);
            }
        }
    }

    private void assign(TopicPartition partition, FakeConsumeStream stream) {
        owners.put(partition, stream);
        long generation = generations.merge(partition, 1L, Long::sum);
        stream.assign(
                partition,
                generation,
                committed.containsKey(partition) ? committed.get(partition) : start(stream, partition));
    }

    void release(FakeConsumeStream stream, TopicPartition partition) {
        if (owners.get(partition) == stream) {
            stream.readings.remove(partition);
            owners.remove(partition);
            rebalance();
        }
    }

    void leave(FakeConsumeStream stream) {
        readers.remove(stream);
        if (members.remove(stream)) {
            owners.values().removeIf(owner -> owner == stream);
            rebalance();
        }
    }

    void commit(FakeConsumeStream stream, ConsumeCommit commit) {
        TopicPartition partition = new TopicPartition(commit.getTopic(), commit.getPartition());
        FakeConsumeStream.Reading reading = stream.readings.get(partition);
        if (reading == null || reading.generation != commit.getGeneration()) {
            stream.refused(commit, "COMMIT_FENCED");
            return;
        }
        long now = committed.merge(partition, commit.getOffset(), Math::max);
        if (losesNextCommitAnswer) {
            losesNextCommitAnswer = false;
            breakStreams();
            return;
        }
        stream.committed(commit, now);
    }

    /** Moves the group, as a seek does: its member is assigned the partition anew. */
    void seek(TopicPartition partition, long offset) {
        committed.put(partition, offset);
        FakeConsumeStream owner = owners.get(partition);
        if (owner != null) {
            assign(partition, owner);
        }
    }

    /** Lets another consumer, of whom nothing else is known, have the partition for a moment. */
    void stealOnce(TopicPartition partition) {
        synchronized (broker) {
            generations.merge(partition, 1L, Long::sum);
        }
    }

    void deliverAll() {
        List.copyOf(readers).forEach(FakeConsumeStream::deliver);
        List.copyOf(members).forEach(FakeConsumeStream::deliver);
    }

    void creditGiven(Credit credit) {
        credits.add(credit);
    }

    List<Credit> credits() {
        synchronized (broker) {
            return List.copyOf(credits);
        }
    }

    long committed(int partition) {
        synchronized (broker) {
            return committed.getOrDefault(new TopicPartition(FakeBroker.TOPIC, partition), -1L);
        }
    }

    int joins() {
        synchronized (broker) {
            return joins;
        }
    }

    int members() {
        synchronized (broker) {
            return members.size();
        }
    }

    /** Ends all open streams. */
    void breakStreams() {
        synchronized (broker) {
            List<FakeConsumeStream> all = new ArrayList<>(readers);
            all.addAll(members);
            readers.clear();
            members.clear();
            owners.clear();
            all.forEach(stream -> stream.end(FakeErrors.of(Status.UNAVAILABLE, "SHUTTING_DOWN")));
        }
    }

    /** Ends all open streams as those of another consumer with the same id do. */
    void fence() {
        synchronized (broker) {
            members.forEach(stream -> stream.end(FakeErrors.of(Status.ABORTED, "MEMBER_FENCED")));
        }
    }

    void loseNextCommitAnswer() {
        synchronized (broker) {
            losesNextCommitAnswer = true;
        }
    }

    void damageNextBatch() {
        synchronized (broker) {
            damageNext = 1;
        }
    }

    void damage(byte[] stored) {
        if (damageNext > 0) {
            damageNext--;
            stored[stored.length - 1] ^= 1;
        }
    }

    void close() {
        heartbeats.shutdownNow();
    }
}
