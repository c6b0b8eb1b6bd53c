package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.error.BrokerException;
import io.mq.proto.Message;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The open Subscribe call of a client: takes messages while HTTP/2's flow control lets them through. */
final class CallSubscriber implements MessageSubscriber {

    private final ServerCallStreamObserver<Message> call;
    private final Optional<Executor> socket;

    /** @param socket the thread that serves the call's */
    CallSubscriber(ServerCallStreamObserver<Message> call, Optional<Executor> socket) {
        this.call = call;
        this.socket = socket;
    }

    @Override
    public Optional<Executor> socket() {
        return socket;
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void deliver(Delivery delivery) {
        call.onNext(RecordMessages.toProto(delivery));
    }

    @Override
    public void end(BrokerException reason) {
        if (call.isCancelled()) {
            // The client is gone, and its connection's event loop perhaps as well.
            return;
        }
        call.onError(StatusMapping.toException(reason));
    }
}
