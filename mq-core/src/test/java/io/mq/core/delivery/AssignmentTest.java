package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignmentTest {

    private static Map<Integer, Long> shares(List<String> members, Map<Integer, String> owners) {
        Map<Integer, Long> shares = new TreeMap<>();
        for (int i = 0; i < members.size(); i++) {
            String member = members.get(i);
            shares.put(i, owners.values().stream().filter(member::equals).count());
        }
        return shares;
    }

    private static void assertComplete(Map<Integer, String> owners, int partitions) {
        assertThat(owners.keySet())
                .containsExactlyElementsOf(
                        IntStream.range(0, partitions).boxed().toList());
    }

    private static void assertBalanced(List<String> members, Map<Integer, String> owners, int partitions) {
        int share = partitions / members.size();
        assertThat(shares(members, owners).values()).allMatch(count -> count == share || count == share + 1);
    }

    @Test
    void nobodyOwnsAnythingInAGroupWithoutMembers() {
        assertThat(Assignment.balance(List.<String>of(), 4, Map.of(0, "gone"))).isEmpty();
    }

    @Test
    void firstMembersGetTheLargerShares() {
        assertThat(Assignment.balance(List.of("a", "b", "c"), 5, Map.of()))
                .isEqualTo(Map.of(0, "a", 1, "a", 2, "b", 3, "b", 4, "c"));
    }

    @Test
    void membersBeyondTheNumberOfPartitionsOwnNothing() {
        assertThat(Assignment.balance(List.of("a", "b", "c"), 2, Map.of())).isEqualTo(Map.of(0, "a", 1, "b"));
    }

    @Test
    void joiningMemberTakesOnlyItsShare() {
        Map<Integer, String> present = Map.of(0, "a", 1, "a", 2, "a", 3, "b", 4, "b", 5, "b");
        Map<Integer, String> owners = Assignment.balance(List.of("a", "b", "c"), 6, present);
        assertThat(owners).isEqualTo(Map.of(0, "a", 1, "a", 2, "c", 3, "b", 4, "b", 5, "c"));
    }

    @Test
    void partitionsOfALeavingMemberAreDealtOutAndNoOthersMove() {
        Map<Integer, String> present = Map.of(0, "a", 1, "a", 2, "gone", 3, "b", 4, "b", 5, "gone");
        Map<Integer, String> owners = Assignment.balance(List.of("a", "b"), 6, present);
        assertThat(owners).isEqualTo(Map.of(0, "a", 1, "a", 2, "a", 3, "b", 4, "b", 5, "b"));
    }

    @Test
    void newPartitionsAreDealtOutAndNoOthersMove() {
        Map<Integer, String> owners = Assignment.balance(List.of("a", "b"), 5, Map.of(0, "b", 1, "a"));
        assertThat(owners).containsEntry(0, "b").containsEntry(1, "a");
        assertBalanced(List.of("a", "b"), owners, 5);
    }

    @Test
    void balancedGroupIsLeftAsItIs() {
        Map<Integer, String> present = Map.of(0, "b", 1, "a", 2, "b");
        assertThat(Assignment.balance(List.of("a", "b"), 3, present)).isEqualTo(present);
    }

    /** No assignment with these shares could leave more partitions where they are. */
    private static int movesThatCannotBeAvoided(List<String> members, int partitions, Map<Integer, String> present) {
        int share = partitions / members.size();
        int largerShares = partitions % members.size();
        int kept = 0;
        for (String member : members) {
            int held = (int) IntStream.range(0, partitions)
                    .filter(p -> member.equals(present.get(p)))
                    .count();
            boolean isLarger = held > share && largerShares > 0;
            if (isLarger) {
                largerShares--;
            }
            kept += Math.min(held, isLarger ? share + 1 : share);
        }
        return partitions - kept;
    }

    @Test
    void anyHistoryKeepsGroupsBalancedWithAsFewMovesAsPossible() {
        Seeds.forEach(300, random -> {
            List<String> members = new ArrayList<>();
            Map<Integer, String> owners = new HashMap<>();
            int partitions = 1 + random.nextInt(20);
            for (int step = 0; step < 30; step++) {
                int dice = random.nextInt(5);
                if (dice < 2 || members.isEmpty()) {
                    members.add("m" + step);
                } else if (dice < 4) {
                    members.remove(random.nextInt(members.size()));
                } else {
                    partitions += random.nextInt(3);
                }
                Map<Integer, String> before = owners;
                owners = Assignment.balance(members, partitions, before);
                if (members.isEmpty()) {
                    assertThat(owners).isEmpty();
                    continue;
                }
                assertComplete(owners, partitions);
                assertBalanced(members, owners, partitions);
                Map<Integer, String> after = owners;
                long moved = after.keySet().stream()
                        .filter(p -> !Objects.equals(before.get(p), after.get(p)))
                        .count();
                assertThat(moved).isEqualTo(movesThatCannotBeAvoided(members, partitions, before));
            }
        });
    }
}
