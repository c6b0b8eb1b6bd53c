package io.mq.system.arquillian;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.descriptor.api.Descriptor;

/** Runs an archive in the real server, {@code mq-server.jar} as a process of its own: one server for each deployment. */
public final class MqServerContainer implements DeployableContainer<MqServerContainer.Configuration> {

    private static final String TEST_RUNNER = "ArquillianServletRunnerEE9";

    /** The server of the deployment that is being tested, for tests that use it from outside. */
    private static volatile ServerProcess current;

    private Path directory;

    /** There is nothing to configure. */
    public static final class Configuration implements ContainerConfiguration {

        @Override
        public void validate() {}
    }

    /** The server that the running test's archive is deployed in. */
    public static ServerProcess server() {
        return current;
    }

    @Override
    public Class<Configuration> getConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public void setup(Configuration configuration) {}

    @Override
    public void start() throws LifecycleException {
        try {
            directory = Files.createTempDirectory(Path.of("target"), "arquillian");
        } catch (IOException e) {
            throw new LifecycleException("no directory for the server", e);
        }
    }

    @Override
    public void stop() {}

    @Override
    public ProtocolDescription getDefaultProtocol() {
        return new ProtocolDescription("Servlet 6.0");
    }

    @Override
    public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
        Path ear = directory.resolve(archive.getName());
        archive.as(ZipExporter.class).exportTo(ear.toFile(), true);
        try {
            current = ServerProcess.start(ServerOptions.in(directory)
                    .with("io.mq.server.ear", ear.toAbsolutePath().toString()));
        } catch (IOException e) {
            throw new DeploymentException("the server did not start", e);
        }
        URI http = URI.create(current.httpUrl());
        HTTPContext context = new HTTPContext(http.getHost(), http.getPort());
        context.add(new Servlet(TEST_RUNNER, "/"));
        return new ProtocolMetaData().addContext(context);
    }

    @Override
    public void undeploy(Archive<?> archive) {
        current.close();
    }

    @Override
    public void deploy(Descriptor descriptor) {
        throw new UnsupportedOperationException("descriptors are not deployed on their own");
    }

    @Override
    public void undeploy(Descriptor descriptor) {
        throw new UnsupportedOperationException("descriptors are not deployed on their own");
    }
}
