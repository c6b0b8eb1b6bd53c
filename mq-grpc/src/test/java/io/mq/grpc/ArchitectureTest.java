package io.mq.grpc;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the architecture page, as far as they begin or end in this module. */
@AnalyzeClasses(packages = "io.mq.grpc", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theEdgeSeesNeitherTheOtherEdgesNorTheirApi = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.mq.ejb..", "io.mq.web..", "jakarta.ws.rs.."))
            .as("the gRPC edge should see neither the composition root nor the REST edge");

    @ArchTest
    static final ArchRule theEdgeSeesOfMqOnlyTheCoreAndTheContract = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.mq..")
                    .and(resideInAnyPackage("io.mq.grpc..", "io.mq.core..", "io.mq.batch..", "io.mq.proto..")
                            .negate()));

    @ArchTest
    static final ArchRule onlyTheBeanKnowsTheContainer = noClasses()
            .that()
            .doNotHaveSimpleName("GrpcServerBean")
            .should()
            .dependOnClassesThat(resideInAPackage("jakarta.."));

    /** What lies below the broker is the broker's own affair. */
    @ArchTest
    static final ArchRule theEdgeGoesThroughTheBroker = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.mq.core.journal..",
                    "io.mq.core.storage..",
                    "io.mq.core.state..",
                    "io.mq.core.checkpoint..",
                    "io.mq.core.file.."));

    @ArchTest
    static final ArchRule errorsBecomeStatusesInOnePlace = noClasses()
            .that()
            .doNotHaveSimpleName("StatusMapping")
            .should()
            .dependOnClassesThat(resideInAPackage("com.google.rpc.."));

    @ArchTest
    static final ArchRule nothingIsPublicButWhatTheContainerAndTheBeanNeed = classes()
            .that()
            .arePublic()
            .should()
            .haveSimpleName("GrpcServerBean")
            .orShould()
            .haveSimpleName("GrpcServer")
            .orShould()
            .haveSimpleName("GrpcConfig");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.mq.grpc.(*)..").should().beFreeOfCycles().allowEmptyShould(true);
}
