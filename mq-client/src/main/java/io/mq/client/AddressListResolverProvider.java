package io.mq.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Resolves targets of the form {@code mq:///host:port,host:port}: a list of servers, tried in this order. Found by gRPC
 * through the service loader.
 */
public final class AddressListResolverProvider extends NameResolverProvider {

    static final String SCHEME = "mq";

    /** Between what gRPC itself uses for addresses (5 is the default of all). */
    private static final int PRIORITY = 5;

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return Set.of(InetSocketAddress.class);
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        if (!SCHEME.equals(target.getScheme())) {
            return null;
        }
        String path = target.getPath();
        List<String> addresses = List.of(path.substring(path.indexOf('/') + 1).split(","));
        return new AddressListResolver(addresses, args.getOffloadExecutor(), args.getSynchronizationContext()::execute);
    }

    /** Looks hosts up anew whenever a connection is to be made. */
    private static final class AddressListResolver extends NameResolver {

        private final List<String> addresses;
        private final Executor offload;
        private final Executor callbacks;
        private Listener2 listener;

        AddressListResolver(List<String> addresses, Executor offload, Executor callbacks) {
            this.addresses = addresses;
            this.offload = offload == null ? Runnable::run : offload;
            this.callbacks = callbacks;
        }

        @Override
        public String getServiceAuthority() {
            return addresses.get(0);
        }

        @Override
        public void start(Listener2 newListener) {
            listener = newListener;
            refresh();
        }

        @Override
        public void refresh() {
            offload.execute(() -> {
                StatusOr<List<EquivalentAddressGroup>> found = lookUp();
                callbacks.execute(() -> listener.onResult(
                        ResolutionResult.newBuilder().setAddressesOrError(found).build()));
            });
        }

        private StatusOr<List<EquivalentAddressGroup>> lookUp() {
            List<EquivalentAddressGroup> groups = new ArrayList<>();
            UnknownHostException unknown = null;
            for (String address : addresses) {
                int colon = address.lastIndexOf(':');
                int port = Integer.parseInt(address.substring(colon + 1));
                try {
                    for (InetAddress host : InetAddress.getAllByName(address.substring(0, colon))) {
                        groups.add(new EquivalentAddressGroup(new InetSocketAddress(host, port)));
                    }
                } catch (UnknownHostException e) {
                    unknown = e;
                }
            }
            return groups.isEmpty()
                    ? StatusOr.fromStatus(Status.UNAVAILABLE
                            .withDescription("nobody knows any of these hosts: " + addresses)
                            .withCause(unknown))
                    : StatusOr.fromValue(groups);
        }

        @Override
        public void shutdown() {}
    }
}
