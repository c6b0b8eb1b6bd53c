package io.mq.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** An open Subscribe call: keeps what it is sent and how it ends. */
final class Tail implements ClientResponseObserver<SubscribeRequest, Message> {

    private final boolean isReading;
    private final List<Message> messages = new ArrayList<>();
    private volatile ClientCallStreamObserver<SubscribeRequest> call;
    private volatile StatusRuntimeException end;

    private Tail(boolean isReading) {
        this.isReading = isReading;
    }

    /** Takes messages as they come. */
    static Tail reading(MessageQueueServiceStub stub, SubscribeRequest request) {
        return open(stub, request, new Tail(true));
    }

    /** Takes no messages until it is told to. */
    static Tail notReading(MessageQueueServiceStub stub, SubscribeRequest request) {
        return open(stub, request, new Tail(false));
    }

    private static Tail open(MessageQueueServiceStub stub, SubscribeRequest request, Tail tail) {
        stub.subscribe(request, tail);
        return tail;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        call = stream;
        if (!isReading) {
            stream.disableAutoRequestWithInitial(0);
        }
    }

    @Override
    public void onNext(Message message) {
        synchronized (messages) {
            messages.add(message);
        }
    }

    @Override
    public void onError(Throwable t) {
        end = (StatusRuntimeException) t;
    }

    @Override
    public void onCompleted() {
        end = Status.OK.asRuntimeException();
    }

    /** Takes so many messages more. */
    void take(int count) {
        call.request(count);
    }

    void cancel() {
        call.cancel("the test is over with it", null);
    }

    List<Message> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    int count() {
        synchronized (messages) {
            return messages.size();
        }
    }

    List<String> texts() {
        return messages().stream().map(Requests::text).toList();
    }

    /** Waits until so many messages have come in all, and answers all that have. */
    List<Message> await(int count) {
        waitUntil("message " + count, () -> count() >= count || end != null);
        if (count() < count) {
            throw new AssertionError("ended after %d of %d messages".formatted(count(), count), end);
        }
        return messages();
    }

    List<String> awaitTexts(int count) {
        return await(count).stream().map(Requests::text).toList();
    }

    Optional<StatusRuntimeException> end() {
        return Optional.ofNullable(end);
    }

    /** Waits for the end of the call and answers its status. */
    StatusRuntimeException awaitEnd() {
        waitUntil("end of the subscription", () -> end != null);
        return end;
    }

    private static void waitUntil(String what, Callable<Boolean> condition) {
        Awaitility.await(what).until(condition);
    }
}
