package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.ratis.protocol.ClientId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForeignProposalTest {

    private final ClientId client = ClientId.randomId();

    private byte[] encoded() {
        return ForeignProposal.encode("2", client, 1L << 40, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @Test
    void arrivesAsItWasSent() throws IOException {
        ForeignProposal proposal = ForeignProposal.decode(encoded());
        assertThat(proposal.shard()).isEqualTo("2");
        assertThat(proposal.client()).isEqualTo(client);
        assertThat(proposal.call()).isEqualTo(1L << 40);
        assertThat(proposal.getContent().toByteArray()).containsExactly(1, 2, 3);
        assertThat(proposal.isAppended()).isFalse();
    }

    @Test
    void partOfOneIsAFailure() {
        assertThatIOException().isThrownBy(() -> ForeignProposal.decode(Arrays.copyOf(encoded(), 12)));
    }

    @ParameterizedTest
    @EnumSource
    void outcomesArriveAsTheyWereSent(ProposalOutcome outcome) throws IOException {
        assertThat(ProposalOutcome.decode(outcome.encoded())).isEqualTo(outcome);
    }

    @Test
    void unknownOutcomesAreAFailure() {
        assertThatIOException().isThrownBy(() -> ProposalOutcome.decode(new byte[] {99}));
        assertThatIOException().isThrownBy(() -> ProposalOutcome.decode(new byte[0]));
    }

    @Test
    void callersAreToldWhatTheyCanDo() {
        BrokerException full = ProposalOutcome.DISK_FULL.refusal(null);
        assertThat(full.reason()).isEqualTo(Reason.DISK_FULL);
        assertThat(ProposalOutcome.NOT_LEADING.refusal(null).reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(ProposalOutcome.NOT_READY.refusal(null).retryAfter()).isPresent();
        assertThat(ProposalOutcome.BUSY.refusal(null).reason()).isEqualTo(Reason.BROKER_BUSY);
    }
}
