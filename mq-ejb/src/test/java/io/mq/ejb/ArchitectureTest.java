package io.mq.ejb;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the architecture page, as far as they begin in this module. */
@AnalyzeClasses(packages = "io.mq.ejb", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theCompositionRootSeesNoEdge = noClasses()
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.mq.grpc..", "io.mq.web..", "io.mq.proto..", "io.grpc..", "jakarta.ws.rs.."));

    @ArchTest
    static final ArchRule onlyTheStoreKnowsSql = noClasses()
            .that()
            .resideOutsideOfPackage("io.mq.ejb.derby")
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.apache.derby.."));

    @ArchTest
    static final ArchRule theStoreKnowsNothingOfTheContainer = noClasses()
            .that()
            .resideInAPackage("io.mq.ejb.derby")
            .should()
            .dependOnClassesThat(resideInAnyPackage("jakarta..", "org.eclipse.microprofile..", "io.prometheus.."));

    @ArchTest
    static final ArchRule ofTheStoreOthersSeeNothingButTheStore = classes()
            .that()
            .resideInAPackage("io.mq.ejb.derby")
            .and()
            .arePublic()
            .should()
            .haveSimpleName("DerbyCheckpointStore");

    @ArchTest
    static final ArchRule onlyBeansAndHealthChecksKnowTheContainer = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Bean")
            .and()
            .doNotHaveSimpleName("HealthChecks")
            .should()
            .dependOnClassesThat(resideInAPackage("jakarta.."));

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.mq.ejb.(*)..").should().beFreeOfCycles();
}
