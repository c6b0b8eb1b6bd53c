package io.mq.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Resolves targets of the form {@code mq:///host:port,host:port}: a list of servers, tried in this order. Found by gRPC
 * through the service loader.
 */
public final class AddressListResolverProvider extends NameResolverProvider {

    static final String SCHEME = "mq";

    /** Below gRPC's own 5: a target without a scheme is still the application's name for something in DNS. */
    private static final int PRIORITY = 4;

    /** The target that stands for these servers. */
    static String target(List<ServerAddress> addresses) {
        String path = addresses.stream().map(ServerAddress::toString).collect(Collectors.joining(",", "/", ""));
        try {
            // Escapes the brackets of IPv6.
            return new URI(SCHEME, "", path, null).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("these addresses make no URI: " + addresses, e);
        }
    }

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
        List<ServerAddress> addresses = Arrays.stream(
                        path.substring(path.indexOf('/') + 1).split(","))
                .map(ServerAddress::parse)
                .toList();
        AddressOrder order = args.getArg(AddressOrder.KEY);
        return new AddressListResolver(
                addresses,
                order == null ? new AddressOrder() : order,
                args.getOffloadExecutor(),
                args.getSynchronizationContext()::execute);
    }

    /** Looks hosts up anew whenever a connection is to be made. */
    private static final class AddressListResolver extends NameResolver {

        private final List<ServerAddress> addresses;
        private final AddressOrder order;
        private final Executor offload;
        private final Executor callbacks;
        private Listener2 listener;

        AddressListResolver(List<ServerAddress> addresses, AddressOrder order, Executor offload, Executor callbacks) {
            this.addresses = addresses;
            this.order = order;
            this.offload = offload == null ? Runnable::run : offload;
            this.callbacks = callbacks;
        }

        @Override
        public String getServiceAuthority() {
            return addresses.get(0).toString();
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
            for (ServerAddress address : order.of(addresses)) {
                // Otherwise each would have to prove that it is the first.
                Attributes itsOwnName = Attributes.newBuilder()
                        .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address.toString())
                        .build();
                try {
                    for (InetAddress host : InetAddress.getAllByName(address.host())) {
                        groups.add(new EquivalentAddressGroup(new InetSocketAddress(host, address.port()), itsOwnName));
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
