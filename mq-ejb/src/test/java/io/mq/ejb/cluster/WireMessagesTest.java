package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.ObjectMessage;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the protocols of the stack send each other is taken, and no other object. */
class WireMessagesTest {

    private static final Address NODE = UUID.randomUUID();

    @BeforeAll
    static void restrict() {
        WireMessages.restrict();
    }

    static Stream<SizeStreamable> ofTheProtocols() {
        return Stream.of(
                new SeqnoList(10).add(3, 4),
                new Digest(new Address[] {NODE}, new long[] {7, 9}),
                new MutableDigest(new Address[] {NODE}).set(NODE, 7, 9));
    }

    @ParameterizedTest
    @MethodSource("ofTheProtocols")
    void whatTheProtocolsSendArrives(SizeStreamable content) throws Exception {
        assertThat(received(new ObjectMessage(null, content)).<Object>getObject())
                .hasSameClassAs(content)
                .hasToString(content.toString());
    }

    @Test
    void otherObjectsDoNot() {
        assertThatThrownBy(() -> received(new ObjectMessage(null, UUID.randomUUID())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not taken");
        assertThatThrownBy(() -> received(new ObjectMessage(null, "text"))).isInstanceOf(IOException.class);
    }

    private static Message received(Message sent) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sent.writePayload(new DataOutputStream(bytes));
        Message received = MessageFactory.create(sent.getType());
        received.readPayload(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        return received;
    }
}
