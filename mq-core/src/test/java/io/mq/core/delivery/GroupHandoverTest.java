package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Members come, go, get stuck and come back in any order, partitions are added, and the steps of all of them are mixed
 * at random: no partition ever has two owners, and each owner goes on where the group has committed.
 */
class GroupHandoverTest {

    private static final int STEPS = 400;

    /** One random life of a group. */
    private static final class Life {

        private final Random random;
        private final ManualExecutor executor = new ManualExecutor();
        private final DeliveryFixture fixture = new DeliveryFixture(executor);
        private final List<Member> members = new ArrayList<>();
        private final Map<Integer, Tenure> tenures = new HashMap<>();
        private final Map<Integer, Long> committed = new HashMap<>();
        private final Map<String, Integer> deliveries = new HashMap<>();
        private Topic topic;

        Life(Random random) {
            this.random = random;
            this.topic = fixture.create("t", 1 + random.nextInt(5));
        }

        /** Who sends a partition, how far it has come, and what was committed when it sent its last message. */
        private record Tenure(Member owner, long lastOffset, long committedAtLast) {}

        private final class Member implements MessageSubscriber {

            private int credit = random.nextInt(6);
            private boolean hasEnded;
            private Subscription subscription;

            @Override
            public boolean isReady() {
                return credit > 0;
            }

            @Override
            public void deliver(Delivery delivery) {
                assertThat(credit--).as("credit").isPositive();
                assertThat(hasEnded).as("whether the member has ended").isFalse();
                int partition = delivery.partition();
                long offset = delivery.offset();
                long committedNow = committed.getOrDefault(partition, 0L);
                Tenure tenure = tenures.get(partition);
                if (tenure != null && tenure.owner == this && offset == tenure.lastOffset + 1) {
                    assertThat(offset).isGreaterThan(tenure.lastOffset);
                } else {
                    long earliest = tenure == null ? 0 : tenure.committedAtLast;
                    assertThat(offset)
                            .as("first offset of a new owner of partition %d", partition)
                            .isBetween(earliest, committedNow);
                }
                tenures.put(partition, new Tenure(this, offset, committedNow));
                assertThat(delivery.attempt())
                        .as("attempt")
                        .isEqualTo(deliveries.merge(partition + ":" + offset, 1, Integer::sum));
            }

            @Override
            public void end(BrokerException reason) {
                hasEnded = true;
                members.remove(this);
            }
        }

        /** Those that have been cancelled and have not run since still count. */
        private Optional<Member> tryJoin(String id) {
            Member member = new Member();
            try {
                member.subscription = fixture.join("g", id, topic, member);
                members.add(member);
                return Optional.of(member);
            } catch (BrokerException e) {
                assertThat(e.reason()).isEqualTo(Reason.LIMIT_REACHED);
                return Optional.empty();
            }
        }

        private Member anyMember() {
            return members.get(random.nextInt(members.size()));
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 40) {
                if (!executor.isIdle()) {
                    executor.runAny(random);
                }
            } else if (dice < 60) {
                fixture.publish(topic, random.nextInt(topic.partitions()), "m");
            } else if (dice < 72 && !members.isEmpty()) {
                Member member = anyMember();
                member.credit += random.nextInt(5);
                member.subscription.resume();
            } else if (dice < 84) {
                commit();
            } else if (dice < 89) {
                tryJoin("m" + random.nextInt(6));
            } else if (dice < 93 && !members.isEmpty()) {
                Member leaving = anyMember();
                leaving.subscription.cancel();
                members.remove(leaving);
            } else if (dice < 94 && topic.partitions() < 8) {
                topic = fixture.alter(topic, topic.partitions() + 1);
            } else {
                fixture.passTime(DeliveryFixture.STALL_TIMEOUT.dividedBy(3));
                fixture.subscriptions().endStalled();
            }
        }

        private void commit() {
            int partition = random.nextInt(topic.partitions());
            Tenure tenure = tenures.get(partition);
            if (tenure == null) {
                return;
            }
            long present = committed.getOrDefault(partition, 0L);
            long offset = present + random.nextInt((int) Math.max(1, tenure.lastOffset + 2 - present));
            committed.put(partition, offset);
            fixture.commit("g", topic, partition, offset);
        }

        private void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            for (Member member : List.copyOf(members)) {
                member.subscription.cancel();
            }
            members.clear();
            executor.runAll();
            Member last = tryJoin("last").orElseThrow();
            last.credit = Integer.MAX_VALUE;
            last.subscription.resume();
            executor.runAll();
        }
    }

    @Test
    void partitionNeverHasTwoOwnersAndNothingUncommittedIsLeftOut() {
        Seeds.forEach(150, random -> {
            Life life = new Life(random);
            life.run();
            for (int partition = 0; partition < life.topic.partitions(); partition++) {
                int number = partition;
                long end = life.fixture.log(life.topic, partition).end();
                assertThat(IntStream.range(0, (int) end).filter(o -> !life.deliveries.containsKey(number + ":" + o)))
                        .as("offsets of partition %d that nobody was sent", partition)
                        .isEmpty();
            }
            assertThat(life.fixture.subscriptions().count()).isEqualTo(1);
            assertThat(life.fixture.subscriptions().members("g").get(0).positions())
                    .hasSize(life.topic.partitions());
        });
    }
}
