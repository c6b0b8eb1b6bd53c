package io.mq.core.state;

import io.mq.core.message.PartitionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What consumer groups have committed. Changed by the state machine's thread, read by any. */
public final class GroupOffsets {

    private final Map<String, Map<PartitionId, GroupOffset>> byGroup = new ConcurrentHashMap<>();

    public Optional<GroupOffset> find(String group, PartitionId partition) {
        return Optional.ofNullable(byGroup.getOrDefault(group, Map.of()).get(partition));
    }

    /** The names of all groups that have committed something. */
    public Set<String> groups() {
        return Set.copyOf(byGroup.keySet());
    }

    public boolean contains(String group) {
        return byGroup.containsKey(group);
    }

    /** How many groups have committed something. */
    public int size() {
        return byGroup.size();
    }

    /** All that a group has committed, in the order of partitions. */
    public List<GroupOffset> of(String group) {
        return byGroup.getOrDefault(group, Map.of()).values().stream()
                .sorted((a, b) -> a.partition().compareTo(b.partition()))
                .toList();
    }

    void put(GroupOffset offset) {
        byGroup.computeIfAbsent(offset.group(), g -> new ConcurrentHashMap<>()).put(offset.partition(), offset);
    }

    void putAll(Collection<GroupOffset> offsets) {
        offsets.forEach(this::put);
    }

    void clear() {
        byGroup.clear();
    }

    boolean removeGroup(String group) {
        return byGroup.remove(group) != null;
    }

    void removeTopic(int topicId) {
        byGroup.values().forEach(offsets -> offsets.keySet().removeIf(p -> p.topicId() == topicId));
        byGroup.values().removeIf(Map::isEmpty);
    }
}
