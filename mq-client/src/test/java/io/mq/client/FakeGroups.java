package io.mq.client;

final class FakeGroups {
    FakeGroups(FakeBroker broker) {}

    void deliverAll() {}

    void close() {}
}
