package io.mq.client;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.mq.proto.MessageQueueServiceGrpc;

/** Answers every call that has one request and one answer with what the test wants, and keeps what it was asked. */
final class FakeAdmin {

    /** A call that arrived. */
    record Call(String method, Object request) {}

    private volatile Message answer;
    private volatile RuntimeException failure;
    private volatile Call lastCall;

    ServerServiceDefinition service() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(
                MessageQueueServiceGrpc.getServiceDescriptor().getName());
        for (MethodDescriptor<?, ?> method :
                MessageQueueServiceGrpc.getServiceDescriptor().getMethods()) {
            if (method.getType() == MethodType.UNARY) {
                service.addMethod(answered(method));
            }
        }
        return service.build();
    }

    private <Q, A> ServerMethodDefinition<Q, A> answered(MethodDescriptor<Q, A> method) {
        return ServerMethodDefinition.create(
                method, ServerCalls.asyncUnaryCall((request, answers) -> answer(method, request, answers)));
    }

    @SuppressWarnings("unchecked")
    private <Q, A> void answer(MethodDescriptor<Q, A> method, Q request, StreamObserver<A> answers) {
        lastCall = new Call(method.getBareMethodName(), request);
        if (failure != null) {
            answers.onError(failure);
        } else {
            answers.onNext((A) answer);
            answers.onCompleted();
        }
    }

    void answerWith(Message message) {
        answer = message;
    }

    void failWith(RuntimeException why) {
        failure = why;
    }

    Call lastCall() {
        return lastCall;
    }
}
