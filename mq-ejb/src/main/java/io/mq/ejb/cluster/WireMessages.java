package io.mq.ejb.cluster;

import java.io.DataInput;
import java.io.IOException;
import java.util.Set;
import java.util.function.Supplier;
import org.jgroups.BytesMessage;
import org.jgroups.FragmentedMessage;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;

/**
 * What JGroups makes of the bytes that arrive. By itself it would make any serializable Java object that the sender
 * names, which is how a process is taken over; here it makes bytes, and the two kinds of lists by which its protocols say
 * what they have received.
 */
final class WireMessages extends MessageFactory {

    /** Of one message on the wire, which is a fragment of at most 60 KiB where it is large. */
    private static final int BYTES_MAX = 1 << 20;

    private WireMessages() {}

    /** For all channels of this process; may be called again. */
    static synchronized void restrict() {
        creators[Message.BYTES_MSG] = ReceivedBytes::new;
        creators[Message.FRAG_MSG] = ReceivedFragment::new;
        creators[Message.OBJ_MSG] = ReceivedObject::new;
        for (short unused : new short[] {Message.NIO_MSG, Message.COMPOSITE_MSG, Message.EARLYBATCH_MSG}) {
            creators[unused] = () -> {
                throw new IllegalArgumentException("messages of type %d are not taken here".formatted(unused));
            };
        }
    }

    private static void requireModest(int length) throws IOException {
        if (length > BYTES_MAX) {
            throw new IOException("a message of %d bytes is not taken; at most %d are".formatted(length, BYTES_MAX));
        }
    }

    private static final class ReceivedBytes extends BytesMessage {

        @Override
        public Supplier<Message> create() {
            return ReceivedBytes::new;
        }

        @Override
        public void readPayload(DataInput in) throws IOException {
            int bytes = in.readInt();
            requireModest(bytes);
            if (bytes >= 0) {
                byte[] read = new byte[bytes];
                in.readFully(read);
                setArray(read, 0, bytes);
            }
        }

        @Override
        public <T> T getObject(ClassLoader loader) {
            throw new IllegalArgumentException("bytes are not taken for an object");
        }
    }

    private static final class ReceivedFragment extends FragmentedMessage {

        @Override
        public Supplier<Message> create() {
            return ReceivedFragment::new;
        }

        @Override
        public void readPayload(DataInput in) throws IOException {
            length = in.readInt();
            requireModest(length);
            if (length > 0) {
                array = new byte[length];
                in.readFully(array);
            }
        }

        @Override
        public <T> T getObject(ClassLoader loader) {
            throw new IllegalArgumentException("a fragment is not taken for an object");
        }
    }

    private static final class ReceivedObject extends ObjectMessage {

        private static final Set<Short> KINDS = Set.of(
                ClassConfigurator.getMagicNumber(SeqnoList.class),
                ClassConfigurator.getMagicNumber(Digest.class),
                ClassConfigurator.getMagicNumber(MutableDigest.class));

        @Override
        public Supplier<Message> create() {
            return ReceivedObject::new;
        }

        @Override
        public void readPayload(DataInput in) throws IOException, ClassNotFoundException {
            if (in.readByte() == 0) {
                return;
            }
            short kind = in.readShort();
            if (!KINDS.contains(kind)) {
                throw new IOException("an object of kind %d is not taken; another node sends only its protocols' own"
                        .formatted(kind));
            }
            SizeStreamable content = ClassConfigurator.create(kind);
            content.readFrom(in);
            setObject(content);
        }
    }
}
