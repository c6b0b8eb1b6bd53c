package io.mq.core.command;

import io.mq.batch.RecordBatch;
import io.mq.core.message.PartitionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An append whose batch was forced into its segment before it was journaled, so that its bytes need not be written
 * twice: the journal has the header alone. Only a replay applies it.
 *
 * @param header the batch's first {@link RecordBatch#HEADER_BYTES}, stamped; never changed
 */
public record PlacedAppendCommand(PartitionId partition, ByteBuffer header) implements Command<AppendCommand.Appended> {

    /** The form in which an append is journaled whose batch has been stamped and is on disk. */
    public static PlacedAppendCommand of(AppendCommand append) {
        return new PlacedAppendCommand(
                append.partition(), append.batch().bytes().slice(0, RecordBatch.HEADER_BYTES));
    }

    /** The header's bytes, ready to be read. */
    @Override
    public ByteBuffer header() {
        return header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
