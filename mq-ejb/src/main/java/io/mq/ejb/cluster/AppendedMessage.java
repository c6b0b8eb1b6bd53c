package io.mq.ejb.cluster;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** What the engine is to append, which says whether it has begun to. */
abstract class AppendedMessage implements Message {

    private final ByteString content;

    /** From then on nobody can say that it will not be committed. */
    private volatile boolean isAppended;

    AppendedMessage(ByteString content) {
        this.content = content;
    }

    @Override
    public final ByteString getContent() {
        return content;
    }

    /** The engine begins. */
    final void appended() {
        isAppended = true;
    }

    final boolean isAppended() {
        return isAppended;
    }
}
