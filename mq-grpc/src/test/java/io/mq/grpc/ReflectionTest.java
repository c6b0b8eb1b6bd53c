package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.mq.proto.MqAdminProto;
import io.mq.proto.MqProto;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client without a proto file learns everything from the server. */
class ReflectionTest {

    private static final String[] SERVICES = {
        "mq.MessageQueueService",
        "mq.AdminService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "grpc.channelz.v1.Channelz"
    };

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private ServerReflectionResponse ask(ServerReflectionRequest request) {
        return answer(request, ServerReflectionGrpc.newStub(server.channel())::serverReflectionInfo);
    }

    @SuppressWarnings("deprecation") // Clients of the older protocol are still about.
    private io.grpc.reflection.v1alpha.ServerReflectionResponse ask(
            io.grpc.reflection.v1alpha.ServerReflectionRequest request) {
        return answer(
                request,
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(server.channel())::serverReflectionInfo);
    }

    /** Sends one request and waits for the one answer. */
    private static <Q, A> A answer(Q request, Function<StreamObserver<A>, StreamObserver<Q>> call) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        StreamObserver<Q> requests = call.apply(new StreamObserver<>() {
            @Override
            public void onNext(A message) {
                answer.complete(message);
            }

            @Override
            public void onError(Throwable t) {
                answer.completeExceptionally(t);
            }

            @Override
            public void onCompleted() {}
        });
        requests.onNext(request);
        requests.onCompleted();
        try {
            return answer.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static List<FileDescriptorProto> parse(List<ByteString> files) {
        return files.stream()
                .map(file -> {
                    try {
                        return FileDescriptorProto.parseFrom(file);
                    } catch (InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    @Test
    void v1ListsAllServices() {
        ServerReflectionResponse answer =
                ask(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .containsExactlyInAnyOrder(SERVICES);
    }

    @Test
    void v1alphaListsAllServices() {
        io.grpc.reflection.v1alpha.ServerReflectionResponse answer =
                ask(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                        .setListServices("")
                        .build());

        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(io.grpc.reflection.v1alpha.ServiceResponse::getName)
                .containsExactlyInAnyOrder(SERVICES);
    }

    @Test
    void v1GivesTheContractByTheNameOfAService() {
        ServerReflectionResponse answer = ask(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("mq.MessageQueueService")
                .build());

        assertThat(parse(answer.getFileDescriptorResponse().getFileDescriptorProtoList()))
                .contains(MqProto.getDescriptor().toProto());
    }

    @Test
    void v1alphaGivesTheContractByTheNameOfAService() {
        io.grpc.reflection.v1alpha.ServerReflectionResponse answer =
                ask(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("mq.AdminService")
                        .build());

        assertThat(parse(answer.getFileDescriptorResponse().getFileDescriptorProtoList()))
                .contains(MqAdminProto.getDescriptor().toProto());
    }

    @ParameterizedTest
    @CsvSource({"mq.proto", "google/protobuf/timestamp.proto", "google/protobuf/duration.proto"})
    void filesThatTheContractNeedsAreGivenByTheirNames(String file) {
        ServerReflectionResponse answer =
                ask(ServerReflectionRequest.newBuilder().setFileByFilename(file).build());

        assertThat(parse(answer.getFileDescriptorResponse().getFileDescriptorProtoList()))
                .extracting(FileDescriptorProto::getName)
                .contains(file);
    }
}
