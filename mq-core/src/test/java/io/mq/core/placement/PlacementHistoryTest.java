package io.mq.core.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Nodes come, go and are drained at random; nominations are followed, or not, or somebody else is elected.
 */
class PlacementHistoryTest {

    private static final int SEEDS = 2000;
    private static final int STEPS = 30;

    private final Set<String> present = new TreeSet<>();
    private final Set<String> draining = new TreeSet<>();
    private final Map<String, ShardReplicas> shards = new TreeMap<>();

    @Test
    void settlesBalancesAndNeverNominatesTwice() {
        Seeds.forEach(SEEDS, random -> new PlacementHistoryTest().run(random));
    }

    private void run(Random random) {
        List<String> nodes = IntStream.rangeClosed(1, 1 + random.nextInt(7))
                .mapToObj(i -> "n" + i)
                .toList();
        int copies = Math.min(nodes.size(), 1 + 2 * random.nextInt(3));
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            List<String> shuffled = new ArrayList<>(nodes);
            Collections.shuffle(shuffled, random);
            lead("s" + i, new TreeSet<>(shuffled.subList(0, copies)), Optional.empty());
        }
        present.addAll(nodes);
        for (int step = 0; step < STEPS; step++) {
            change(nodes, random);
            List<Nomination> nominations = nominate(random);
            check(nominations);
            nominations.stream().filter(each -> random.nextInt(4) > 0).forEach(this::follow);
        }
        nominate(random).forEach(this::follow);
        assertThat(nominate(random)).as("nominations once all were followed").isEmpty();
        assertThat(sumOfSquares(loads())).as("evenness of %s", shards).isEqualTo(leastSumOfSquares());
    }

    private void lead(String shard, Set<String> nodes, Optional<String> leader) {
        shards.put(shard, new ShardReplicas(shard, new TreeSet<>(nodes), leader));
    }

    private void change(List<String> nodes, Random random) {
        String node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(4)) {
            case 0 -> {
                present.remove(node);
                shards.values().stream()
                        .filter(shard -> shard.leader().equals(Optional.of(node)) && random.nextBoolean())
                        .toList()
                        .forEach(shard -> lead(shard.shard(), shard.nodes(), Optional.empty()));
            }
            case 1 -> present.add(node);
            case 2 -> {
                if (!draining.remove(node)) {
                    draining.add(node);
                }
            }
            default ->
                shards.values().stream()
                        .filter(shard -> shard.nodes().contains(node) && random.nextBoolean())
                        .toList()
                        .forEach(shard -> lead(shard.shard(), shard.nodes(), Optional.of(node)));
        }
    }

    /** In any order of what is passed. */
    private List<Nomination> nominate(Random random) {
        List<ShardReplicas> shuffled = new ArrayList<>(shards.values());
        Collections.shuffle(shuffled, random);
        return LeaderPlacement.nominate(new HashSet<>(present), new HashSet<>(draining), shuffled);
    }

    private void check(List<Nomination> nominations) {
        assertThat(nominations).extracting(Nomination::shard).doesNotHaveDuplicates();
        assertThat(nominations).allSatisfy(nomination -> {
            ShardReplicas shard = shards.get(nomination.shard());
            assertThat(shard.nodes()).contains(nomination.node());
            assertThat(present).contains(nomination.node());
            assertThat(draining).doesNotContain(nomination.node());
            assertThat(shard.leader()).isNotEqualTo(Optional.of(nomination.node()));
            assertThat(nomination.isHandover())
                    .isEqualTo(shard.leader().filter(present::contains).isPresent());
        });
    }

    private void follow(Nomination nomination) {
        lead(nomination.shard(), shards.get(nomination.shard()).nodes(), Optional.of(nomination.node()));
    }

    private List<Long> loads() {
        return List.copyOf(shards.values().stream()
                .flatMap(shard -> shard.leader().stream())
                .filter(leader -> present.contains(leader) && !draining.contains(leader))
                .collect(Collectors.groupingBy(leader -> leader, Collectors.counting()))
                .values());
    }

    private static long sumOfSquares(List<Long> loads) {
        return loads.stream().mapToLong(load -> load * load).sum();
    }

    /** By raising each node's share one by one and looking whether one more shard finds a place: a flow of least cost. */
    private long leastSumOfSquares() {
        List<ShardReplicas> placeable = shards.values().stream()
                .filter(shard -> shard.nodes().stream().anyMatch(this::isAble))
                .toList();
        Map<String, List<ShardReplicas>> led = new TreeMap<>();
        present.stream().filter(this::isAble).forEach(node -> led.put(node, new ArrayList<>()));
        for (ShardReplicas shard : placeable) {
            String end = shard.nodes().stream()
                    .filter(this::isAble)
                    .flatMap(node -> reachable(node, led).stream())
                    .min((left, right) ->
                            Integer.compare(led.get(left).size(), led.get(right).size()))
                    .orElseThrow();
            place(shard, end, led, new HashSet<>());
        }
        return led.values().stream()
                .mapToLong(list -> (long) list.size() * list.size())
                .sum();
    }

    private boolean isAble(String node) {
        return present.contains(node) && !draining.contains(node);
    }

    private Set<String> reachable(String from, Map<String, List<ShardReplicas>> led) {
        Set<String> reached = new TreeSet<>(Set.of(from));
        List<String> open = new ArrayList<>(reached);
        while (!open.isEmpty()) {
            for (ShardReplicas shard : led.get(open.remove(0))) {
                shard.nodes().stream().filter(this::isAble).filter(reached::add).forEach(open::add);
            }
        }
        return reached;
    }

    /** Puts a shard where a chain of replacements, tried depth first, ends at the given node. */
    private boolean place(ShardReplicas shard, String end, Map<String, List<ShardReplicas>> led, Set<String> tried) {
        for (String node : shard.nodes()) {
            if (!isAble(node) || !tried.add(node)) {
                continue;
            }
            if (node.equals(end)) {
                led.get(node).add(shard);
                return true;
            }
            for (ShardReplicas other : List.copyOf(led.get(node))) {
                if (place(other, end, led, tried)) {
                    led.get(node).remove(other);
                    led.get(node).add(shard);
                    return true;
                }
            }
        }
        return false;
    }
}
