package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.ListConsumerGroupsRequest;
import io.mq.proto.ListConsumerGroupsResponse;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.ListTopicsResponse;
import io.mq.proto.TopicSummary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ListingTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private ListTopicsResponse topics(String prefix, String token, int size) {
        return server.queue()
                .listTopics(ListTopicsRequest.newBuilder()
                        .setNamePrefix(prefix)
                        .setPageToken(token)
                        .setPageSize(size)
                        .build());
    }

    private ListConsumerGroupsResponse groups(String prefix, String token, int size) {
        return server.queue()
                .listConsumerGroups(ListConsumerGroupsRequest.newBuilder()
                        .setNamePrefix(prefix)
                        .setPageToken(token)
                        .setPageSize(size)
                        .build());
    }

    private static List<String> names(ListTopicsResponse page) {
        return page.getTopicsList().stream().map(TopicSummary::getName).toList();
    }

    @Test
    void emptyBrokerListsNothingAndHasNoNextPage() {
        assertThat(topics("", "", 0)).isEqualTo(ListTopicsResponse.getDefaultInstance());
        assertThat(groups("", "", 0)).isEqualTo(ListConsumerGroupsResponse.getDefaultInstance());
    }

    @Test
    void topicsAreListedInTheOrderOfTheirNamesWithTheirFigures() {
        server.createTopic("b", 2);
        server.createTopic("a", 1);
        server.publish("b", "x");

        ListTopicsResponse page = topics("", "", 0);

        assertThat(names(page)).containsExactly("a", "b");
        assertThat(page.getNextPageToken()).isEmpty();
        assertThat(page.getTopics(0))
                .isEqualTo(
                        TopicSummary.newBuilder().setName("a").setPartitions(1).build());
        assertThat(page.getTopics(1).getPartitions()).isEqualTo(2);
        assertThat(page.getTopics(1).getMessages()).isEqualTo(1);
        assertThat(page.getTopics(1).getBytes()).isPositive();
    }

    @Test
    void pagesTogetherHaveEveryTopicOnce() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            server.createTopic(name, 1);
        }
        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String token = "";
        do {
            ListTopicsResponse page = topics("", token, 2);
            seen.addAll(names(page));
            sizes.add(page.getTopicsCount());
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(seen).containsExactly("a", "b", "c", "d", "e");
        assertThat(sizes).containsExactly(2, 2, 1);
    }

    @Test
    void lastPageThatIsExactlyFullHasNoNextToken() {
        server.createTopic("a", 1);
        server.createTopic("b", 1);

        assertThat(topics("", "", 2).getNextPageToken()).isEmpty();
        assertThat(topics("", "", 1).getNextPageToken()).isNotEmpty();
    }

    @Test
    void prefixRestrictsTheListingOnEveryPage() {
        for (String name : List.of("app.a", "app.b", "app.c", "apple", "b")) {
            server.createTopic(name, 1);
        }

        ListTopicsResponse first = topics("app.", "", 2);
        ListTopicsResponse second = topics("app.", first.getNextPageToken(), 2);

        assertThat(names(first)).containsExactly("app.a", "app.b");
        assertThat(names(second)).containsExactly("app.c");
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @Test
    void pageTokenStaysGoodWhenItsTopicIsDeletedMeanwhile() {
        for (String name : List.of("a", "b", "c")) {
            server.createTopic(name, 1);
        }
        String token = topics("", "", 2).getNextPageToken();
        var unused = server.queue()
                .deleteTopic(
                        io.mq.proto.DeleteTopicRequest.newBuilder().setName("b").build());

        assertThat(names(topics("", token, 2))).containsExactly("c");
    }

    @Test
    void negativePageSizeIsRefused() {
        assertThatCall(() -> topics("", "", -1))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("page_size");
        assertThatCall(() -> groups("", "", -1))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("page_size");
    }

    @Test
    void pageNeverHasMoreThanAThousandWhateverIsAsked() {
        server.createTopic("t", 1);
        for (int i = 0; i < 1001; i++) {
            var unused = server.queue().commitOffset(Requests.commit("t", "group-%04d".formatted(i), 0, 0));
        }

        ListConsumerGroupsResponse first = groups("", "", 5000);
        ListConsumerGroupsResponse second = groups("", first.getNextPageToken(), 5000);

        assertThat(first.getConsumerGroupsCount()).isEqualTo(1000);
        assertThat(second.getConsumerGroupsList()).containsExactly("group-1000");
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @Test
    void groupsWithOffsetsAndGroupsWithMembersAreListedInOrderInPages() {
        server.createTopic("t", 1);
        var unused = server.queue().commitOffset(Requests.commit("t", "b-committed", 0, 0));
        server.subscribe(Requests.member("t", "a-live", "c"));
        server.subscribe(Requests.member("t", "c-live", "c"));
        org.awaitility.Awaitility.await().until(() -> server.broker().status().subscriptions() == 2);

        ListConsumerGroupsResponse first = groups("", "", 2);
        ListConsumerGroupsResponse second = groups("", first.getNextPageToken(), 2);

        assertThat(first.getConsumerGroupsList()).containsExactly("a-live", "b-committed");
        assertThat(second.getConsumerGroupsList()).containsExactly("c-live");
        assertThat(groups("b", "", 0).getConsumerGroupsList()).containsExactly("b-committed");
    }
}
