package io.mq.client;

import io.grpc.ServerServiceDefinition;

final class FakeConsumeMethod {
    static ServerServiceDefinition inPlaceOfGenerated(FakeBroker broker, FakeGroups groups) {
        return broker.bindService();
    }
}
