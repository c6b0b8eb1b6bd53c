package io.mq.grpc;

import io.mq.core.broker.Broker;
import io.mq.core.config.Configuration;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupReport;
import io.netty.util.NetUtil;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.util.stream.Collectors;

/** Starts the gRPC server with the application and stops it before the broker goes. */
@Singleton
@Startup
@DependsOn("mq-ejb.jar#BrokerBean")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class GrpcServerBean {

    @Inject
    private Broker broker;

    @Inject
    private Configuration configuration;

    private GrpcServer server;

    @PostConstruct
    void start() {
        try {
            server = GrpcServer.start(GrpcConfig.from(configuration), broker);
        } catch (StartupException e) {
            StartupReport.failed(e);
            throw e;
        }
        StartupReport.started(
                "grpc",
                server.addresses().stream().map(NetUtil::toSocketAddressString).collect(Collectors.joining(", ")));
    }

    @PreDestroy
    void stop() {
        if (server != null) {
            server.close();
        }
    }
}
