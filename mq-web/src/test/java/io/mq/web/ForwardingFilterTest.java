package io.mq.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingFilterTest {

    @ParameterizedTest
    @ValueSource(strings = {"node", "/node", "node/", "health", "cluster", "/cluster/nodes/n1/drain"})
    void nodeAnswersForItself(String path) {
        assertThat(ForwardingFilter.isForLeader(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topics", "topics/node", "groups/health", "", "nodes", "topics/cluster"})
    void everythingElseIsTheLeaders(String path) {
        assertThat(ForwardingFilter.isForLeader(path)).isTrue();
    }

    @Test
    void pathAndQueryStayAsTheyWereEncoded() {
        assertThat(ForwardingFilter.target(URI.create("http://h:1/api/v1/topics/a%2Fb?x=%26&y")))
                .isEqualTo("/api/v1/topics/a%2Fb?x=%26&y");
        assertThat(ForwardingFilter.target(URI.create("http://h:1/api/v1/topics")))
                .isEqualTo("/api/v1/topics");
    }

    @Test
    void whatTheLeaderHasMadeIsReachedThroughTheNodeThatWasAsked() {
        assertThat(ForwardedResource.here("http://leader:1/api/v1/topics/t%20", URI.create("http://here:2/api/v1/")))
                .isEqualTo("http://here:2/api/v1/topics/t%20");
    }
}
