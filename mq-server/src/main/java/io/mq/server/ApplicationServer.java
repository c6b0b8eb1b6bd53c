package io.mq.server;

import fish.payara.micro.BootstrapException;
import fish.payara.micro.PayaraMicro;
import fish.payara.micro.PayaraMicroRuntime;
import fish.payara.micro.boot.AdminCommandRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Payara Micro, and in it the application. */
final class ApplicationServer {

    private static final String APPLICATION = "mq";

    /** Requests that are worked on at a time; none of them waits for a disk or a client on its thread. */
    private static final int HTTP_THREADS_MAX = 32;

    private static final String CONFIG = "configs.config.server-config.";

    private final PayaraMicroRuntime runtime;

    private ApplicationServer(PayaraMicroRuntime runtime) {
        this.runtime = runtime;
    }

    /** Boots without any application: one that is deployed during the boot, as an EAR, brings Micro down. */
    static ApplicationServer boot(RuntimeDirectory directory, HttpAddress http)
            throws IOException, StartupFailedException {
        PayaraMicro.setUpackedJarDir(directory.unpacked().toFile());
        PayaraMicro micro = PayaraMicro.getInstance();
        micro.setRootDir(directory.domain().toFile());
        micro.setLogPropertiesFile(
                directory.extract("mq/logging.properties", "logging.properties").toFile());
        micro.setPrintLogo(false);
        micro.setNoHazelcast(true);
        micro.setHttpPort(http.port());
        micro.setMaxHttpThreads(HTTP_THREADS_MAX);
        micro.setPreBootHandler(commands -> configure(commands, http));
        try {
            return new ApplicationServer(micro.bootStrap());
        } catch (BootstrapException e) {
            throw new StartupFailedException(
                    StartupFailedException.INTERNAL, "the application server did not start: " + e);
        }
    }

    private static void configure(AdminCommandRunner commands, HttpAddress http) {
        List<String> settings = List.of(
                CONFIG + "network-config.network-listeners.network-listener.http-listener.address=" + http.listenHost(),
                // The application answers /metrics itself.
                CONFIG + "microprofile-metrics-configuration.endpoint=server-metrics",
                // All modules with beans say so. Without this, all libraries are searched for beans, a sixth of the
                // start.
                CONFIG + "cdi-service.enable-implicit-cdi=false",
                CONFIG + "phone-home-runtime-configuration.enabled=false");
        settings.forEach(setting -> commands.run("set", setting));
    }

    /** @throws StartupFailedException with what the application says, where it says something */
    void deploy(Path ear) throws StartupFailedException {
        boolean isDeployed = runtime.deploy(APPLICATION, "", ear.toFile());
        // A deployment that failed may well count as done.
        StartupReport.requireNoFailure();
        if (!isDeployed || StartupReport.find("grpc").isEmpty()) {
            throw new StartupFailedException(
                    StartupFailedException.INTERNAL, "the application did not start; the log above says why");
        }
    }

    /** Stops the application, which finishes what it has begun, then the server. */
    void stop() throws BootstrapException {
        runtime.undeploy(APPLICATION);
        runtime.shutdown();
    }
}
