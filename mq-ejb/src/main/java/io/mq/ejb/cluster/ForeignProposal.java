package io.mq.ejb.cluster;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** A proposal of another node, which applies it when it comes by the log and answers whoever waits there. */
final class ForeignProposal extends AppendedMessage {

    private final String shard;
    private final ClientId client;
    private final long call;

    private ForeignProposal(String shard, ClientId client, long call, ByteBuffer entry) {
        super(UnsafeByteOperations.unsafeWrap(entry));
        this.shard = shard;
        this.client = client;
        this.call = call;
    }

    String shard() {
        return shard;
    }

    /** Of the node that has proposed it, as the log's entry names it. */
    ClientId client() {
        return client;
    }

    /** The number that the entry has with that node. */
    long call() {
        return call;
    }

    /** @param entry its rest is read */
    static byte[] encode(String shard, ClientId client, long call, ByteBuffer entry) {
        byte[] head = NodeRequest.bytes(out -> {
            out.writeUTF(shard);
            out.writeLong(client.getUuid().getMostSignificantBits());
            out.writeLong(client.getUuid().getLeastSignificantBits());
            out.writeLong(call);
        });
        return ByteBuffer.allocate(head.length + entry.remaining())
                .put(head)
                .put(entry)
                .array();
    }

    static ForeignProposal decode(byte[] bytes) throws IOException {
        ByteArrayInputStream rest = new ByteArrayInputStream(bytes);
        DataInputStream in = new DataInputStream(rest);
        String shard = in.readUTF();
        ClientId client = ClientId.valueOf(new UUID(in.readLong(), in.readLong()));
        long call = in.readLong();
        int entryBytes = rest.available();
        return new ForeignProposal(shard, client, call, ByteBuffer.wrap(bytes, bytes.length - entryBytes, entryBytes));
    }
}
